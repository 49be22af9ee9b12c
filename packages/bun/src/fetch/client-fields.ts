/**
 * Fields of a request that its client writes: they describe the connection or the body (Fetch standard, "forbidden request-header").
 * A program that passes on `request.headers` beside another body has them among the others. Node's own `fetch` fails then.
 */
import type { BunFetchInit } from "./options.ts";

type Given = BunFetchInit["headers"] | null;
type Input = string | URL | Request;

/** Node's client refuses each request with one of these. */
const REFUSED = ["expect", "keep-alive", "transfer-encoding", "upgrade"];

/** The options of a connection that Node's client takes, each alone. */
const TAKEN_OPTION = /^(?:close|keep-alive)$/i;

/** Whether the headers of a call have fields that Node's client may refuse. */
export function hasClientFields(given: Given): boolean {
  if (given === undefined || given === null) return false;
  const isList = given instanceof Headers || Array.isArray(given);
  const fields = isList ? given : Object.entries(given as Record<string, string>);
  for (const [name, value] of fields) if (isClients(String(name).toLowerCase(), value)) return true;
  return false;
}

function isClients(name: string, value: unknown): boolean {
  if (name === "connection") return !TAKEN_OPTION.test(String(value));
  return name === "content-length" || REFUSED.includes(name);
}

/** The headers of a call without those fields. A stream keeps its Content-Length, which the client could not know; other bodies have their own. */
export function withoutClientFields(input: Input, init: BunFetchInit): Headers {
  const request = input instanceof Request ? input : null;
  const headers = new Headers((init.headers ?? request?.headers) as Headers);
  for (const name of REFUSED) headers.delete(name);
  const options = headers.get("connection");
  if (options !== null && !TAKEN_OPTION.test(options)) {
    if (/(?:^|,)\s*close\s*(?:,|$)/i.test(options)) headers.set("connection", "close");
    else headers.delete("connection");
  }
  if (!isStream(init.body ?? request?.body)) headers.delete("content-length");
  return headers;
}

function isStream(body: unknown): boolean {
  if (body instanceof Blob) return false;
  return body instanceof ReadableStream || typeof body === "function" || Symbol.asyncIterator in Object(body);
}
