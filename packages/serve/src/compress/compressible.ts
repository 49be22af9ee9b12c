/** Types of the top level `text`, and types that end like a text of another format (RFC 6839). */
const TEXTUAL = /^text\/|\+(?:json|xml|text|yaml)$/;

/** Other types whose data is not compressed already. */
const OTHERS: ReadonlySet<string> = new Set([
  ...[
    "dart",
    "ecmascript",
    "graphql",
    "javascript",
    "json",
    "json5",
    "jsonl",
    "manifest",
    "ndjson",
    "postscript",
    "rtf",
    "sql",
    "toml",
    "typescript",
    "vnd.ms-fontobject",
    "vnd.ms-opentype",
    "wasm",
    "x-httpd-php",
    "x-javascript",
    "x-ndjson",
    "x-ns-proxy-autoconfig",
    "x-sh",
    "x-tar",
    "x-www-form-urlencoded",
    "x-yaml",
    "xml",
    "xml-dtd",
    "yaml",
  ].map((name) => `application/${name}`),
  ...["collection", "otf", "ttf"].map((name) => `font/${name}`),
  ...["bmp", "vnd.microsoft.icon", "x-icon", "x-ms-bmp"].map((name) => `image/${name}`),
  ...["gltf-binary", "obj", "stl"].map((name) => `model/${name}`),
  "message/rfc822",
]);

/**
 * Makes a function that tells whether bodies of a type are compressed.
 * @param types media types in lower case, a `*` for any name; null for those that are not compressed already
 */
export function compressibleTypes(types: readonly string[] | null): (contentType: string | null) => boolean {
  const isListed =
    types === null ? (type: string) => TEXTUAL.test(type) || OTHERS.has(type) : matcherOf(new Set(types));
  return (contentType) => {
    if (contentType === null) return false;
    const semicolon = contentType.indexOf(";");
    const type = (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
    return isListed(type);
  };
}

function matcherOf(types: ReadonlySet<string>): (type: string) => boolean {
  if (types.has("*/*")) return (type) => type !== "";
  return (type) => types.has(type) || types.has(`${type.slice(0, type.indexOf("/"))}/*`);
}
