import { Buffer } from "node:buffer";

/**
 * What is said where a program that was written for Bun meets the platform's `Response`: of `@mantou/serve/plain`, of
 * `MANTOU_GLOBALS=0`, or kept before the globals were replaced.
 */
const REMEDY =
  'Import Response from "@mantou/serve/plain", or serve from "@mantou/serve", which makes it the global one.';

/** What a received request meets in a `fetch` or `Request` that looks for the private state of its own requests. */
const KEPT =
  "A received request was given to a fetch or Request that was kept before @mantou/serve replaced the globals, or to one of the " +
  "package undici. Use the global ones, or start the program with node --import @mantou/serve.";

/** What Node.js 26 and the package undici say of such a request, and Node.js 24. */
const UNKNOWN_REQUEST: readonly string[] = [
  "Failed to parse URL from [object Request]",
  "Cannot read private member #state from an object whose class did not declare it",
];
/** What Node.js 20 and 22 say of it; in their own code it can be nothing else. */
const UNKNOWN_REQUEST_IN_UNDICI = "Cannot read properties of undefined (reading 'window')";

/** What to do about an error of the platform's functions; null for other errors. */
export function adviceFor(error: unknown): string | null {
  // Everything can be thrown, also what throws when it is looked at.
  try {
    if (!(error instanceof TypeError)) return null;
    const { message, stack = "", cause } = error;
    if (UNKNOWN_REQUEST.includes(message)) return KEPT;
    if (message === UNKNOWN_REQUEST_IN_UNDICI && stack.includes("node:internal/deps/undici/")) return KEPT;
    if ((cause as { code?: unknown } | undefined)?.code !== "ERR_INVALID_URL") return null;
    // The message holds the address. With `\s+`, 40,000 line ends in it took 3 s.
    return /^ {4}at (?:Function\.|Response\.)?redirect /m.test(stack)
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
