import type { BodyInput } from "../fetch/extract-body.ts";
import { Response } from "../fetch/response.ts";
import { NULL_BODY_STATUSES } from "../fetch/response-init.ts";
import { usedBodyError } from "../fetch/used-body.ts";
import { forwardedFields } from "./forwarded-fields.ts";

/** The members of the standard's `Response` that are read here. */
interface ForeignResponse {
  readonly status: number;
  readonly statusText?: string;
  readonly headers: Iterable<readonly [string, string]> & {
    getSetCookie?(): string[];
    /** Of node-fetch, which has no `getSetCookie`: the values of each name. */
    raw?(): Readonly<Record<string, readonly string[]>>;
  };
  readonly body: BodyInput;
  readonly bodyUsed?: boolean;
  readonly url?: string;
}

/**
 * Converts a response of another implementation to ours: of the packages `undici` and `node-fetch`, or of `@whatwg-node/fetch`, which
 * graphql-yoga uses on Node.js. They are not instances of the platform's class, and have everything that a response needs.
 *
 * @returns null for a value that is not a response
 * @throws TypeError for a response whose body has been used; RangeError for a status that cannot be sent
 */
export function fromForeign(value: unknown): Response | null {
  if (!isForeign(value)) return null;
  const { status, statusText = "", body, bodyUsed, url = "" } = value;
  if (bodyUsed === true) {
    throw usedBodyError("The response's body has already been used: make a new Response each time");
  }
  const list = fieldsOf(value);
  // Only responses of `fetch` have an address.
  const fields = url === "" ? list : forwardedFields(list);
  const headers = fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1]!] as const] : []));
  // node-fetch gives each fetched response a stream, also those that have no body.
  return new Response(NULL_BODY_STATUSES.has(status) ? null : body, { status, statusText, headers });
}

function isForeign(value: unknown): value is ForeignResponse {
  if (Object.prototype.toString.call(value) !== "[object Response]") return false;
  const { status, headers } = value as Partial<ForeignResponse>;
  return typeof status === "number" && typeof headers?.[Symbol.iterator] === "function";
}

/** name, value, name, value … with each Set-Cookie by itself: some implementations join them elsewhere than in `getSetCookie`. */
function fieldsOf({ headers }: ForeignResponse): string[] {
  const fields = [...headers].map(([name, value]) => [name.toLowerCase(), value] as const);
  const cookies = headers.getSetCookie?.() ?? rawCookies(headers);
  if (cookies === null) return fields.flat();
  const others = fields.filter(([name]) => name !== "set-cookie");
  return [...others.flat(), ...cookies.flatMap((cookie) => ["set-cookie", cookie])];
}

function rawCookies(headers: ForeignResponse["headers"]): readonly string[] | null {
  const all = headers.raw?.();
  if (all === undefined) return null;
  return Object.entries(all).flatMap(([name, values]) => (name.toLowerCase() === "set-cookie" ? values : []));
}
