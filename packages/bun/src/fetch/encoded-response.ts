/** For `fetch(url, { decompress: false })`: the platform decompresses each body whose Content-Encoding it sees. */
import { Buffer } from "node:buffer";
import type { Dispatcher } from "./agent.ts";

const HIDDEN = "x-mantou-content-encoding";

/** A dispatcher that shows the platform another name for Content-Encoding. */
export function hideEncoding(dispatcher: Dispatcher): Dispatcher {
  return {
    dispatch: (options, handler) => dispatcher.dispatch(options, hidingHandler(handler)),
  };
}

/** undici 6 and 7 (Node.js 20 to 24) call `onHeaders` with the raw fields, undici 8 calls `onResponseStart`. */
function hidingHandler(handler: object): object {
  return new Proxy(handler, {
    get(target, name) {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== "function") return method;
      return (...args: unknown[]) => {
        if (name === "onHeaders") args[1] = renamed(args[1] as Buffer[]);
        if (name === "onResponseStart") args[0] = hidingController(args[0] as object);
        return Reflect.apply(method, target, args) as unknown;
      };
    },
  });
}

function hidingController(controller: object): object {
  return new Proxy(controller, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (name === "rawHeaders") return renamed(value as Buffer[]);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function renamed(fields: readonly Buffer[]): Buffer[] {
  return fields.map((field, i) =>
    i % 2 === 0 && String(field).toLowerCase() === "content-encoding" ? Buffer.from(HIDDEN) : field,
  );
}

/** The response, with its Content-Encoding. */
export function showEncoding(response: Response): Response {
  const headers = new Headers(response.headers);
  const encoding = headers.get(HIDDEN);
  if (encoding === null) return response;
  headers.delete(HIDDEN);
  headers.set("content-encoding", encoding);
  const { status, statusText } = response;
  return withOrigin(new Response(response.body, { status, statusText, headers }), response);
}

/** A response that was made here shows where it is from. */
export function withOrigin(
  response: Response,
  { url, redirected }: Pick<Response, "url" | "redirected">,
): Response {
  return Object.defineProperties(response, {
    url: { value: url, configurable: true },
    redirected: { value: redirected, configurable: true },
  });
}
