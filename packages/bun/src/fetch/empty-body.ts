import { isBytes } from "../base/bytes.ts";
import type { BunFetchInit } from "./options.ts";

/** Whether a GET or HEAD has a body of 0 bytes: Bun leaves it out, and the platform refuses each body there. */
export function hasEmptyBody(input: string | URL | Request, init: BunFetchInit): boolean {
  const { body } = init;
  if (body === undefined || body === null) return false;
  const method = init.method ?? (input instanceof Request ? input.method : "GET");
  return /^(?:GET|HEAD)$/i.test(method) && isEmpty(body);
}

function isEmpty(body: unknown): boolean {
  if (isBytes(body)) return body.byteLength === 0;
  return body === "" || ((body instanceof Blob || body instanceof URLSearchParams) && body.size === 0);
}
