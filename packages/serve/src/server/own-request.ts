import { describeValue } from "../errors/text.ts";
import { platform } from "../fetch/platform.ts";
import { contextOf, type RequestContext } from "../http/request-context.ts";

/**
 * What `server.fetch` is given, as a request.
 * @param base of a path
 * @throws TypeError for what is none
 */
export function requestOf(input: Request | string | URL, base: string | URL): Request {
  if (typeof input === "string" || input instanceof URL) return new platform.Request(new URL(input, base));
  if (!isRequest(input)) {
    throw new TypeError(`server.fetch() takes a Request, a URL or a string, and not ${describeValue(input)}`);
  }
  return input;
}

/**
 * The context of the request that a member of the server is given; null for one that was not received here.
 * @param member for the error text
 * @throws TypeError for a value that is no request, such as the context object of a framework: `false` and `null` would hide that
 */
export function receivedContext(request: unknown, member: string): RequestContext | null {
  const context = contextOf(request);
  if (context === null && !isRequest(request)) {
    throw new TypeError(`server.${member}() takes the handler's Request, and not ${describeValue(request)}`);
  }
  return context;
}

/** Requests of other classes count, too: those of the package `undici`, and those of another realm. */
function isRequest(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { url, headers } = value as Partial<Request>;
  return typeof url === "string" && typeof headers?.get === "function";
}
