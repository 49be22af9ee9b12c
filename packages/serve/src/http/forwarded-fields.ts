import process from "node:process";

/** Fields that speak of the connection to the other server alone (RFC 9110 §7.6.1), whatever its Connection field names. */
const HOP_BY_HOP: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Content codings that `fetch` decodes; if a response has one more it decodes none. Zstandard came with undici 7.11. */
const DECODED: ReadonlySet<string> = new Set([
  "gzip",
  "x-gzip",
  "deflate",
  "br",
  ...(hasZstd() ? ["zstd"] : []),
]);

/**
 * The fields of a response that `fetch` got, for whoever passes it on. Its content has been decoded, while its fields
 * still say how it was encoded and how long it was then: they would make it unreadable.
 * @param list name, value, name, value …; names in lower case
 */
export function forwardedFields(list: readonly string[], hasContent: boolean): string[] {
  const dropped = new Set(HOP_BY_HOP);
  for (const option of members(list, "connection")) dropped.add(option);
  const codings = members(list, "content-encoding");
  if (hasContent && codings.length > 0 && codings.every((coding) => DECODED.has(coding))) {
    dropped.add("content-encoding").add("content-length");
  }
  return list.filter((_, i) => !dropped.has(list[i - (i % 2)]!));
}

/** What the fields of a name list (RFC 9110 §5.6.1), in lower case. */
function members(list: readonly string[], name: string): string[] {
  return list
    .filter((_, i) => i % 2 === 1 && list[i - 1] === name)
    .flatMap((value) => value.toLowerCase().split(","))
    .map((member) => member.trim())
    .filter((member) => member !== "");
}

function hasZstd(): boolean {
  const [major = 0, minor = 0] = (process.versions["undici"] ?? "").split(".").map(Number);
  return major > 7 || (major === 7 && minor >= 11);
}
