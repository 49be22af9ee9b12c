import { Buffer } from "node:buffer";

/**
 * The advice for a program that was written for Bun and uses the platform's `Response`: with `@mantou/serve/plain`, with
 * `MANTOU_GLOBALS=0`, or because it kept the class before the globals were replaced.
 */
const REMEDY =
  'Import Response from "@mantou/serve/plain", or serve from "@mantou/serve", which makes it the global one.';

/** The advice for a received request in a `fetch` or `Request` that reads the private state of its own class. */
const KEPT =
  "A received request was given to a fetch or Request that was kept before @mantou/serve replaced the globals, or to one of the " +
  "package undici. Use the global ones, or start the program with node --import @mantou/serve.";

/** The messages of Node.js 26 and the package undici for such a request, and of Node.js 24. */
const UNKNOWN_REQUEST: readonly string[] = [
  "Failed to parse URL from [object Request]",
  "Cannot read private member #state from an object whose class did not declare it",
];
/** The message of Node.js 20 and 22 for it. In their own code it has no other cause. */
const UNKNOWN_REQUEST_IN_UNDICI = "Cannot read properties of undefined (reading 'window')";

/** The advice for an error of the platform's functions; null for other errors. */
export function adviceFor(error: unknown): string | null {
  // Any value can be thrown, also one whose properties throw.
  try {
    if (!(error instanceof TypeError)) return null;
    const { message, stack = "", cause } = error;
    if (UNKNOWN_REQUEST.includes(message)) return KEPT;
    if (message === UNKNOWN_REQUEST_IN_UNDICI && stack.includes("node:internal/deps/undici/")) return KEPT;
    if ((cause as { code?: unknown } | undefined)?.code !== "ERR_INVALID_URL") return null;
    // The message contains the address. With `\s+`, 40,000 line ends in it took 3 s.
    return /^ {4}at (?:Function\.|Response\.)?redirect /m.test(stack)
      ? `Response.redirect() of Node.js takes absolute addresses only. ${REMEDY}`
      : null;
  } catch {
    return null;
  }
}

/** The beginning of the source text of an async generator, as a function or as a method. */
const GENERATOR = /^async\s*(?:function\s*\*|\*)\s*[\w$]*\s*\(/;

/** The advice for a response whose body is the source text of the generator that should make it; null for other bodies. */
export function adviceForBody(bytes: Uint8Array): string | null {
  // The letter of `async`: to decode the beginning of each body took 0.12 µs.
  if (bytes[0] !== 0x61) return null;
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200)).toString();
  if (!GENERATOR.test(start)) return null;
  return `Response of Node.js does not take an async generator function: its source text was sent as the response. ${REMEDY}`;
}
