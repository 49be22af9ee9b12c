import type { CachedHead } from "./cached-head.ts";
import { UsageError } from "./errors.ts";
import {
  fieldLinesEnd,
  isFieldValue,
  isToken,
  listMembers,
  parseContentLength,
  trimWhitespace,
} from "./grammar.ts";

/**
 * The fields of a received head: a view on its text that is split only when someone asks, because most
 * handlers never look.
 */
export class Fields {
  readonly #text: string;
  #list: string[] | null = null;

  /** `text` from `start` to `end` must be whole field lines that `fieldLinesEnd` has approved. */
  constructor(text: string, start: number, end: number) {
    this.#text = text.slice(start, end);
  }

  /**
   * Name, value, name, value … in the order and with the letters that were received. Values are trimmed. It cannot be
   * changed: the next request of a connection has the same one, if its header section is the same.
   */
  get list(): readonly string[] {
    return Object.freeze(this.#parts());
  }

  /** The value of the field, several joined by ", " (RFC 9110 §5.3); null if there is none. Any letter case. */
  get(name: string): string | null {
    const list = this.#parts();
    const wanted = name.toLowerCase();
    let value: string | null = null;
    for (let i = 0; i < list.length; i += 2) {
      const candidate = list[i]!;
      if (candidate.length !== wanted.length || candidate.toLowerCase() !== wanted) continue;
      value = value === null ? list[i + 1]! : `${value}, ${list[i + 1]!}`;
    }
    return value;
  }

  /** Whether `text` from `start` to `end` is these very fields, letter by letter. */
  isWrittenAs(text: string, start: number, end: number): boolean {
    return end - start === this.#text.length && text.slice(start, end) === this.#text;
  }

  #parts(): string[] {
    this.#list ??= this.#split();
    return this.#list;
  }

  #split(): string[] {
    const list: string[] = [];
    const text = this.#text;
    for (let position = 0; position < text.length; ) {
      const colon = text.indexOf(":", position);
      // Lines are known to end in CRLF only; one character is found in half the time of two.
      const lineEnd = text.indexOf("\n", colon) - 1;
      list.push(text.slice(position, colon), trimWhitespace(text, colon + 1, lineEnd));
      position = lineEnd + 2;
    }
    return list;
  }
}

/** A section without any field. */
export const noFields: Fields = new Fields("", 0, 0);

/**
 * Fields to be sent, checked and written out once, so that a server which always says the same pays once.
 * Framing fields are the connection's business: Transfer-Encoding is refused here.
 */
export class FieldBlock {
  /** The field lines as they go on the wire, each with its CRLF. */
  readonly text: string;
  /** The declared length of the content; null if it is left to the connection. */
  readonly contentLength: number | null;
  /** The application asked for `Connection: close`. */
  readonly close: boolean;
  /** The application wrote a Date itself. */
  readonly hasDate: boolean;
  /** There is an Upgrade that no Connection field names, as RFC 9110 §7.8 demands. */
  readonly upgradeUnlisted: boolean;
  #cachedHead: CachedHead | null = null;

  /**
   * @param list name, value, name, value …
   * @param base fields that come before these
   * @throws UsageError for a name that is no token, a value with CR, LF, NUL or another control character or
   *   one past U+00FF (RFC 9110 §5.5), a Transfer-Encoding, or a Content-Length that is doubtful
   */
  constructor(list: readonly string[], base?: FieldBlock) {
    let text = base?.text ?? "";
    let contentLength = base?.contentLength ?? null;
    let close = base?.close ?? false;
    let hasDate = base?.hasDate ?? false;
    let upgrade = base?.upgradeUnlisted ?? false;
    let upgradeListed = false;
    for (let i = 0; i < list.length; i += 2) {
      const name = list[i]!;
      const value = list[i + 1];
      if (!isToken(name)) throw new UsageError(`A field name must be a token, not ${JSON.stringify(name)}`);
      if (value === undefined || !isFieldValue(value)) {
        throw new UsageError(`The value of the field ${name} contains a character that HTTP cannot carry`);
      }
      switch (name.toLowerCase()) {
        case "transfer-encoding":
          throw new UsageError("Transfer-Encoding is chosen by the connection, not by the application");
        case "content-length": {
          const length = parseContentLength(value);
          if (length === null || !Number.isSafeInteger(length) || contentLength !== null) {
            throw new UsageError(`Content-Length must be one row of digits, not ${JSON.stringify(value)}`);
          }
          contentLength = length;
          continue;
        }
        case "connection": {
          // `close` and `keep-alive` are said by the connection, which alone knows whether they will be true.
          const options = listMembers(value);
          close ||= options.includes("close");
          upgradeListed ||= options.includes("upgrade");
          const others = options.filter((option) => option !== "close" && option !== "keep-alive");
          if (others.length === options.length) break;
          if (others.length > 0) text += `${name}: ${others.join(", ")}\r\n`;
          continue;
        }
        case "upgrade":
          upgrade = true;
          break;
        case "date":
          hasDate = true;
      }
      text += `${name}: ${value}\r\n`;
    }
    this.text = text;
    this.contentLength = contentLength;
    this.close = close;
    this.hasDate = hasDate;
    this.upgradeUnlisted = upgrade && !upgradeListed;
  }

  /**
   * What the last response with these fields began with; its writer's to be kept here.
   * @internal
   */
  get cachedHead(): CachedHead | null {
    return this.#cachedHead;
  }

  /** @internal */
  set cachedHead(cachedHead: CachedHead) {
    this.#cachedHead = cachedHead;
  }
}

/** The fields of `text`, or null unless it is nothing but valid field lines. */
export function parseFields(text: string): Fields | null {
  return fieldLinesEnd(text, 0) === text.length ? new Fields(text, 0, text.length) : null;
}
