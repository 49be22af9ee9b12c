import { describeValue } from "../errors/text.ts";
import { platform } from "../fetch/platform.ts";

/**
 * What `server.fetch` is given, as a request.
 * @param base of a path
 * @throws TypeError for what is none
 */
export function requestOf(input: Request | string | URL, base: string | URL): Request {
  if (typeof input === "string" || input instanceof URL) return new platform.Request(new URL(input, base));
  if (typeof input?.url !== "string" || typeof input.headers?.get !== "function") {
    throw new TypeError(`server.fetch() takes a Request, a URL or a string, and not ${describeValue(input)}`);
  }
  return input;
}
