import { FieldBlock, type IncomingRequest, type OutgoingResponse } from "@mantou/http1";
import type { Encoding } from "../api/compress.ts";
import { evaluateConditions, isConditional, namesETag } from "../http/conditional.ts";
import { FileHead } from "../http/file-head.ts";

/** What the fields of a response say about its compression. */
export interface Representation {
  readonly status: number;
  readonly contentType: string | null;
  readonly etag: string | null;
  /** It must be sent as it is. */
  readonly isFixed: boolean;
}

/** The statuses of responses without a body of their own, and of a part (RFC 9110 §15.3.7, §15.5.17). */
const FIXED_STATUSES: ReadonlySet<number> = new Set([204, 205, 206, 304, 416]);

/**
 * Fields that speak about the bytes that are sent: a coding, which the application has applied or ruled out (`identity`), a part of the bytes
 * (RFC 9110 §14.4), or their digest (RFC 9530; RFC 3230 and RFC 1864 before it).
 */
const FIXING_FIELDS: ReadonlySet<string> = new Set([
  "content-encoding",
  "content-range",
  "content-digest",
  "repr-digest",
  "digest",
  "content-md5",
]);

const STRONG_TAG = /^"[^"]*"$/;

/** RFC 9111 §5.2.2.6. */
const NO_TRANSFORM = /(?:^|[\s,])no-transform(?:[\s,]|$)/i;

/** @param list name, value, name, value … */
export function describe(status: number, list: readonly string[]): Representation {
  let contentType: string | null = null;
  let etag: string | null = null;
  let isFixed = FIXED_STATUSES.has(status);
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i]!.toLowerCase();
    const value = list[i + 1]!;
    if (name === "content-type") contentType = value;
    else if (name === "etag") etag = value;
    else if (FIXING_FIELDS.has(name) || (name === "cache-control" && NO_TRANSFORM.test(value)))
      isFixed = true;
  }
  return { status, contentType, etag, isFixed };
}

/**
 * The fields of the response with Vary for caches (RFC 9110 §12.5.5): merged with the application's, so that there is one line.
 */
export function withVary(list: readonly string[]): string[] {
  const fields = [...list];
  let last = -1;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i]!.toLowerCase() !== "vary") continue;
    const members = list[i + 1]!.split(",").map((member) => member.trim().toLowerCase());
    if (members.includes("accept-encoding") || members.includes("*")) return fields;
    last = i + 1;
  }
  if (last < 0) fields.push("Vary", "Accept-Encoding");
  else fields[last] = fields[last] === "" ? "Accept-Encoding" : `${fields[last]}, Accept-Encoding`;
  return fields;
}

/**
 * The fields of the response in a coding. Its strong entity tag is another one, since its bytes are (RFC 9110 §8.8.3.3), and it has no ranges:
 * a part is always one of the body without coding.
 */
export function encodedFields(list: readonly string[], encoding: Encoding): string[] {
  const fields: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i]!.toLowerCase();
    if (name === "accept-ranges" || name === "content-length") continue;
    fields.push(list[i]!, name === "etag" ? encodedETag(list[i + 1]!, encoding) : list[i + 1]!);
  }
  fields.push("Content-Encoding", encoding);
  return withVary(fields);
}

/**
 * The fields of a response to HEAD that tells nothing of its length, on which it depends whether GET gets a coding, and so which tag: RFC 9110 §9.3.2
 * lets the server leave it out.
 */
export function withoutStrongTag(list: readonly string[]): string[] {
  return list.filter((_, i) => list[i - (i % 2)]!.toLowerCase() !== "etag" || !STRONG_TAG.test(list[i | 1]!));
}

/** `"a"` becomes `"a-br"`. A weak tag stands for the same content in any coding (RFC 9110 §8.8.1), and stays; so does what is no tag. */
function encodedETag(etag: string, encoding: Encoding): string {
  return STRONG_TAG.test(etag) ? `${etag.slice(0, -1)}-${encoding}"` : etag;
}

/**
 * The head without a body that a GET or HEAD gets if its If-None-Match names the tag which a handler's response gets by its coding: the handler
 * does not know that tag, and cannot compare it. The conditions are evaluated in their order, and If-Match comes first (RFC 9110 §13.2.2): 304 or
 * 412. They apply to a 200 alone.
 * @param list the encoded response's fields
 * @returns null if the response is to be sent
 */
export function unsentByTag(
  { method, fields }: IncomingRequest,
  given: Representation,
  list: readonly string[],
  encoding: Encoding,
): OutgoingResponse | null {
  if (given.status !== 200 || given.etag === null || (method !== "GET" && method !== "HEAD")) return null;
  if (!isConditional(fields)) return null;
  const etag = encodedETag(given.etag, encoding);
  const ifNoneMatch = etag === given.etag ? null : fields.get("if-none-match");
  if (ifNoneMatch === null || ifNoneMatch === "*" || !namesETag(ifNoneMatch, etag, false)) return null;
  const head = new FileHead(200, "", list);
  const outcome = evaluateConditions(fields, { etag, lastModified: head.ownLastModified });
  return head.unsent(outcome === "failed" ? 412 : 304, null);
}

/**
 * The fields of a handler's own 304. The client's tag is that of an encoded response if the handler has recognised its own tag in it.
 * @param known the codings of this server's tags
 */
export function notModifiedFields(
  { fields }: IncomingRequest,
  list: readonly string[],
  etag: string | null,
  known: readonly Encoding[],
): string[] {
  const ifNoneMatch = fields.get("if-none-match");
  if (etag === null || ifNoneMatch === null || namesETag(ifNoneMatch, etag, false)) return withVary(list);
  const encoding = known.find((each) => namesETag(ifNoneMatch, encodedETag(etag, each), false));
  if (encoding === undefined) return withVary(list);
  const encoded = encodedFields(list, encoding);
  return encoded.filter((_, i) => encoded[i - (i % 2)] !== "Content-Encoding");
}

export function headWith({ status, reason }: OutgoingResponse, list: readonly string[]): OutgoingResponse {
  const fields = new FieldBlock(list);
  return reason === undefined ? { status, fields } : { status, reason, fields };
}
