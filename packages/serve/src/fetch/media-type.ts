import mime from "mime";

/**
 * Bun's types that differ from the registry. TypeScript gets the type of its output; no user of a web server means `video/mp2t`, the
 * registered type of `.ts`.
 */
const BUN_TYPES: ReadonlyMap<string, string> = new Map([
  ...["cjs", "cts", "mts", "ts", "tsx", "jsx"].map((extension) => [extension, "text/javascript"] as const),
  ["ico", "image/x-icon"],
]);

/** The types to which Bun adds a charset. */
const WITH_CHARSET: ReadonlySet<string> = new Set([
  "application/json",
  "text/css",
  "text/html",
  "text/javascript",
  "text/plain",
]);

const UNKNOWN = "application/octet-stream";

/** The media type of a file by its name's extension, in any case; `application/octet-stream` without a known extension. */
export function typeOfName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const dot = name.lastIndexOf(".");
  // A dot at the beginning marks a hidden file, and not an extension.
  if (dot <= 0) return UNKNOWN;
  const extension = name.slice(dot + 1).toLowerCase();
  return withCharset(BUN_TYPES.get(extension) ?? mime.getType(extension) ?? UNKNOWN);
}

/**
 * The type that an application gives: in lower case as in every Blob, with the charset that Bun adds.
 * @returns null for a type that no Blob can have: an empty one, or one with characters outside U+0020-U+007E
 */
export function givenType(type: string): string | null {
  return type === "" || /[^\x20-\x7e]/.test(type) ? null : withCharset(type.toLowerCase());
}

function withCharset(type: string): string {
  return WITH_CHARSET.has(type) ? `${type};charset=utf-8` : type;
}
