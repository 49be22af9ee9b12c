import { listMembers } from "@mantou/http1";

/** Fields of one connection (RFC 9110 §7.6.1), besides those that its Connection field names. */
export const HOP_BY_HOP: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Content codings that `fetch` decodes. It does not decode a response with another one among them. Zstandard came with undici 7.11. */
const DECODED: ReadonlySet<string> = new Set([
  "gzip",
  "x-gzip",
  "deflate",
  "br",
  ...(hasZstd() ? ["zstd"] : []),
]);

/** Fields that speak about the bytes in their coding: its name, their number, and their digest (RFC 9530; RFC 3230 and RFC 1864 before it). */
const ABOUT_CODED_BYTES: readonly string[] = [
  "content-encoding",
  "content-length",
  "content-digest",
  "repr-digest",
  "digest",
  "content-md5",
];

/**
 * The fields of a response of `fetch` that a handler passes on. `fetch` has decoded the body, and the fields still have its coding,
 * its length and its digest before: clients could not read it. A response without a body, to HEAD or with 304, has the fields of what GET gets here
 * (RFC 9110 §8.6, §15.4.5): a cache would take the decoded body that it has kept for an encoded one.
 * @param list name, value, name, value …; names in lower case
 */
export function forwardedFields(list: readonly string[]): string[] {
  const dropped = new Set(HOP_BY_HOP);
  for (const option of members(list, "connection")) dropped.add(option);
  const codings = members(list, "content-encoding");
  if (codings.length > 0 && codings.every((coding) => DECODED.has(coding))) {
    for (const name of ABOUT_CODED_BYTES) dropped.add(name);
  }
  return list.filter((_, i) => !dropped.has(list[i - (i % 2)]!));
}

/** The members of the lists in all fields of a name (RFC 9110 §5.6.1), in lower case. */
function members(list: readonly string[], name: string): string[] {
  return list.filter((_, i) => i % 2 === 1 && list[i - 1] === name).flatMap(listMembers);
}

function hasZstd(): boolean {
  const [major = 0, minor = 0] = (process.versions["undici"] ?? "").split(".").map(Number);
  return major > 7 || (major === 7 && minor >= 11);
}
