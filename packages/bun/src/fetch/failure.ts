/** Bun names errors of the operating system by this code, and undici by one of its own. */
const CODES: ReadonlyMap<string, string> = new Map([
  ["UND_ERR_SOCKET", "ECONNRESET"],
  ["UND_ERR_CONNECT_TIMEOUT", "ETIMEDOUT"],
  ["UND_ERR_HEADERS_TIMEOUT", "ETIMEDOUT"],
]);

/** Errors of the standard that have no code in Node.js, by their message there. */
const REDIRECTS: ReadonlyMap<unknown, string> = new Map([
  ["unexpected redirect", "UnexpectedRedirect"],
  ["redirect count exceeded", "TooManyRedirects"],
]);

/** What Bun shows of a failed request at the error itself. */
const SHOWN = ["errno", "syscall", "hostname"] as const;

/**
 * Gives an error of the platform's `fetch`, whose cause has the reason, the code and the message of that reason, as Bun's have it.
 * Other errors stay as they are.
 */
export function describeFailure(error: unknown, input: unknown): unknown {
  if (!(error instanceof TypeError) || error.message !== "fetch failed") return error;
  const cause = error.cause as Partial<Record<"code" | (typeof SHOWN)[number], unknown>> | undefined;
  if (cause === undefined) return error;
  if (cause.code === "ERR_PROXY_TUNNEL") return cause;
  const { message } = cause as Error;
  const given = cause.code ?? REDIRECTS.get(message);
  if (typeof given !== "string") return error;
  const code = CODES.get(given) ?? given;
  error.message =
    message.startsWith(code) || message.startsWith("getaddrinfo") ? message : `${code}: ${message}`;
  Object.assign(error, { code, path: pathOf(input) });
  for (const name of SHOWN) if (cause[name] !== undefined) Object.assign(error, { [name]: cause[name] });
  return error;
}

/** The URL, without a user's name and password. */
function pathOf(input: unknown): string {
  const url = new URL(input instanceof Request ? input.url : String(input));
  url.username = "";
  url.password = "";
  return url.href;
}
