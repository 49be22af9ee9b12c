/** scheme "://" host [ ":" port ], as RFC 6454 §6.2 writes an origin. No page has one with a "*", which the URL standard allows in hosts. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s,\\*]+$/i;
const WEB = /^https?:/i;

/**
 * The option `websocket.origins`: the origins as browsers send them.
 * @returns null if any may connect
 * @throws TypeError that names the option
 */
export function resolveOrigins(given: unknown): ReadonlySet<string> | null {
  if (given === undefined || given === null) return null;
  if (!Array.isArray(given))
    throw new TypeError("websocket.origins must be an array of origins such as https://example.com");
  return new Set(given.map(toOrigin));
}

function toOrigin(text: unknown): string {
  // The origin of a sandboxed page, and of a file.
  if (text === "null") return text;
  if (typeof text === "string" && ORIGIN.test(text)) {
    if (!WEB.test(text)) return text;
    if (URL.canParse(text)) return new URL(text).origin;
  }
  const shown = typeof text === "string" ? JSON.stringify(text) : String(text);
  throw new TypeError(`websocket.origins takes origins such as https://example.com, but not ${shown}`);
}
