import { ask, type Target } from "@mantou/testing/raw-client";
import type { RawResponse } from "@mantou/testing/raw-response";

export const JSON_TYPE = "application/json";
export const FORM_TYPE = "application/x-www-form-urlencoded";
export const MULTIPART_TYPE = "multipart/form-data; boundary=bun";

/** A form with a text and a file, as browsers send it. */
export const MULTIPART: string = [
  '--bun\r\nContent-Disposition: form-data; name="title"\r\n\r\nsteamed',
  '--bun\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\ncontent',
  "--bun--\r\n",
].join("\r\n");

/** Sends a body of a type, in ASCII, and takes the response. */
export function post(
  target: Target,
  path: string,
  type: string,
  content: string,
  fields: readonly string[] = [],
): Promise<RawResponse> {
  const length = `Content-Length: ${content.length}`;
  return ask(target, `POST ${path}`, [`Content-Type: ${type}`, length, ...fields], content);
}
