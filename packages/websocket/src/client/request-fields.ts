import { type FieldList, isFieldValue, isToken } from "@mantou/http1";
import { splitList } from "../field-value.ts";
import { isKey } from "../handshake.ts";

/** What the option `headers` has for the handshake's request. */
export interface RequestFields {
  /** Without the handshake's own. */
  readonly fields: FieldList;
  /** The value of Sec-WebSocket-Key; null for a random one. */
  readonly key: string | null;
  /** The subprotocols of Sec-WebSocket-Protocol, in place of the option's; null for none. */
  readonly protocols: readonly string[] | null;
}

/** The client's own have these values already, or are of one connection alone. Those of another request, which a proxy passes on, mean the same handshake. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "upgrade",
  "connection",
  "sec-websocket-version",
  "sec-websocket-extensions",
  "te",
]);

/** Fields that would change the handshake's request. */
const REFUSED: ReadonlySet<string> = new Set(["content-length", "transfer-encoding", "expect"]);

/**
 * Reads the option `headers`. A program may pass on the fields of a handshake that it has got: as in Bun, the key and the subprotocols
 * are used, and the client negotiates the rest by itself.
 *
 * @throws TypeError for what is no field, and for fields that would change the request.
 */
export function readFields(headers: unknown): RequestFields {
  const fields: string[] = [];
  const keys: string[] = [];
  const protocols: string[] = [];
  for (const [name, values] of fieldEntries(headers)) {
    for (const value of Array.isArray(values) ? values : [values]) {
      if (value === undefined) continue;
      const text = `${value as string}`.trim();
      if (typeof name !== "string" || !isToken(name))
        throw new TypeError(`${JSON.stringify(name)} is not the name of a header`);
      if (!isFieldValue(text)) throw new TypeError(`the value of the header ${name} is invalid`);
      const known = name.toLowerCase();
      if (REFUSED.has(known)) throw new TypeError(`the header ${name} would change the handshake`);
      if (known === "sec-websocket-key") keys.push(text);
      else if (known === "sec-websocket-protocol") protocols.push(...splitList(text));
      else if (!LEFT_OUT.has(known)) fields.push(name, text);
    }
  }
  const key = keys.length === 1 && isKey(keys[0]!) ? keys[0]! : null;
  return { fields, key, protocols: protocols.length === 0 ? null : protocols };
}

/** Pairs of name and value. */
function fieldEntries(headers: unknown): readonly (readonly unknown[])[] {
  if (headers === undefined || headers === null) return [];
  if (typeof headers !== "object" && typeof headers !== "function") {
    const forms = "an object, Headers, or pairs of name and value";
    throw new TypeError(`the option headers must be ${forms}, not ${typeof headers}`);
  }
  if (!(Symbol.iterator in headers)) return Object.entries(headers);
  return Array.from(headers as Iterable<unknown>, (pair) => {
    if (Array.isArray(pair) && pair.length === 2) return pair;
    const got = Array.isArray(pair) ? `a list of ${pair.length}` : typeof pair;
    throw new TypeError(`the option headers must have pairs of name and value, not ${got}`);
  });
}
