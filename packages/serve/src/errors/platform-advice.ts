import { Buffer } from "node:buffer";

/**
 * What is said where a program that was written for Bun meets the platform's `Response`: of `@mantou/serve/plain`, of
 * `MANTOU_GLOBALS=0`, or kept before the globals were replaced.
 */
const REMEDY =
  'Import Response from "@mantou/serve/plain", or serve from "@mantou/serve", which makes it the global one.';

/** What to do about an error of the platform's `Response`; null for other errors. */
export function adviceFor(error: unknown): string | null {
  // Everything can be thrown, also what throws when it is looked at.
  try {
    if (
      !(error instanceof TypeError) ||
      (error.cause as { code?: unknown } | undefined)?.code !== "ERR_INVALID_URL"
    )
      return null;
    // The message holds the address. With `\s+`, 40,000 line ends in it took 3 s.
    return /^ {4}at (?:Function\.|Response\.)?redirect /m.test(error.stack ?? "")
      ? `Response.redirect() of Node.js takes absolute addresses only. ${REMEDY}`
      : null;
  } catch {
    return null;
  }
}

/** How the text of an async generator function begins: of one by itself, or of a method. */
const GENERATOR = /^async\s*(?:function\s*\*|\*)\s*[\w$]*\s*\(/;

/** What to do about a response that is sent as the source text of the function that was to make it; null for others. */
export function adviceForContent(content: Uint8Array): string | null {
  const start = Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, 200)).toString();
  if (!GENERATOR.test(start)) return null;
  return `Response of Node.js takes no async generator function: its source text was sent as the response. ${REMEDY}`;
}
