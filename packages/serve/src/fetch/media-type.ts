import mime from "mime";

/**
 * Where Bun says something else than the registry. Its TypeScript is served as what it becomes; `video/mp2t`, the
 * registered meaning of `.ts`, is what no web server's user means.
 */
const BUN_TYPES: ReadonlyMap<string, string> = new Map([
  ...["cjs", "cts", "mts", "ts", "tsx", "jsx"].map((extension) => [extension, "text/javascript"] as const),
  ["ico", "image/x-icon"],
]);

/** The types that Bun names a charset for. */
const WITH_CHARSET: ReadonlySet<string> = new Set([
  "application/json",
  "text/css",
  "text/html",
  "text/javascript",
  "text/plain",
]);

const UNKNOWN = "application/octet-stream";

/** The media type of a file by its name's extension, in any letter case; `application/octet-stream` without a known one. */
export function typeOfName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const dot = name.lastIndexOf(".");
  // A dot in front makes a hidden file and no extension.
  if (dot <= 0) return UNKNOWN;
  const extension = name.slice(dot + 1).toLowerCase();
  return withCharset(BUN_TYPES.get(extension) ?? mime.getType(extension) ?? UNKNOWN);
}

/**
 * A type that an application gives: in lower case as in every Blob, with the charset where it is UTF-8 by definition or
 * Bun says so.
 * @returns null for one that no Blob could have: an empty one, or with characters outside U+0020-U+007E
 */
export function givenType(type: string): string | null {
  return type === "" || /[^\x20-\x7e]/.test(type) ? null : withCharset(type.toLowerCase());
}

function withCharset(type: string): string {
  return WITH_CHARSET.has(type) ? `${type};charset=utf-8` : type;
}
