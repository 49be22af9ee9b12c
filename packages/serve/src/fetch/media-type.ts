import otherTypes from "mime/types/other.js";
import standardTypes from "mime/types/standard.js";

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

/**
 * The registry's types by extension, made when a name is asked for first. `mime` itself makes three tables of sets at once, which were 5 ms of
 * every start.
 */
let registered: ReadonlyMap<string, string> | null = null;

const REGISTRIES: readonly Readonly<Record<string, readonly string[]>>[] = [standardTypes, otherTypes];

function readRegistries(): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const [type, extensions] of REGISTRIES.flatMap((registry) => Object.entries(registry))) {
    // Those with a star are more usual for another type.
    for (const extension of extensions) if (!extension.startsWith("*")) types.set(extension, type);
  }
  return types;
}

/** The media type of a file by its name's extension, in any case; `application/octet-stream` without a known extension. */
export function typeOfName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const dot = name.lastIndexOf(".");
  // A dot at the beginning marks a hidden file, and not an extension.
  if (dot <= 0) return UNKNOWN;
  const extension = name.slice(dot + 1).toLowerCase();
  registered ??= readRegistries();
  return withCharset(BUN_TYPES.get(extension) ?? registered.get(extension) ?? UNKNOWN);
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
