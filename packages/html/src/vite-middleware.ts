import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as sendRequest,
} from "node:http";
import { duplexPair, Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";

/** What is used of a server of Vite: its Connect middlewares. */
export interface MiddlewareServer {
  readonly middlewares: (
    request: IncomingMessage,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ) => void;
}

/** Fields of one connection, which is not the connection to the client (RFC 9110 §7.6.1). */
const HOP_BY_HOP = /^(?:connection|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;
/** Statuses whose response has no body (Fetch standard, "null body status"). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Makes a handler of the Fetch standard's kind of a server of Vite in middleware mode, for any server with such handlers. Each request passes
 * through `node:http` over a pair of streams in memory, so that middlewares get the objects which they are written for.
 *
 * @param vite a server that `createServer({ server: { middlewareMode: true } })` of Vite has made, or anything with Connect's `middlewares`
 * @returns responds to a request: with 404, or another error that a middleware has set as status, if no middleware does. It rejects for an error that no middleware takes
 */
export function viteMiddleware(vite: MiddlewareServer): (request: Request) => Promise<Response> {
  const failures = new WeakMap<object, (error: unknown) => void>();
  const server: Server = createServer((request, response) => {
    vite.middlewares(request, response, (error) => {
      if (error != null) failures.get(request.socket)?.(error);
      else if (!response.headersSent)
        response.writeHead(response.statusCode >= 400 ? response.statusCode : 404).end();
      else response.end();
    });
  });
  // Time limits are for clients, and the client is here.
  Object.assign(server, { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 });

  return (request) =>
    new Promise<Response>((resolve, reject) => {
      const [near, far] = duplexPair();
      const fail = (error: unknown): void => {
        reject(error);
        near.destroy();
      };
      failures.set(far, fail);
      // The end that is destroyed takes the other with it. What has been sent to its end is read to its end.
      near.once("close", () => far.destroy());
      far.once("close", () => {
        if (!far.writableFinished) near.destroy(new Error("The middleware closed the connection"));
      });
      far.on("error", () => {});
      server.emit("connection", far);
      const { pathname, search } = new URL(request.url);
      const sent = sendRequest({
        createConnection: () => near,
        method: request.method,
        path: pathname + search,
        headers: { host: new URL(request.url).host, ...fieldsOf(request), connection: "close" },
      });
      sent.once("error", fail);
      sent.once("response", (received) => resolve(responseOf(received)));
      if (request.signal.aborted) fail(request.signal.reason);
      request.signal.addEventListener("abort", () => fail(request.signal.reason), { once: true });
      if (request.body === null) sent.end();
      else
        Readable.fromWeb(request.body as NodeReadableStream)
          .once("error", fail)
          .pipe(sent);
    });
}

function fieldsOf(request: Request): Record<string, string> {
  const fields = Object.fromEntries([...request.headers].filter(([name]) => !HOP_BY_HOP.test(name)));
  // The length that a client has declared is that of the body, if there is one.
  if (request.body === null) delete fields["content-length"];
  // For some methods, DELETE among them, `node:http` does not choose this by itself: it would send a body that no recipient takes for one.
  else if (fields["content-length"] === undefined) fields["transfer-encoding"] = "chunked";
  return fields;
}

function responseOf(received: IncomingMessage): Response {
  const headers = new Headers();
  const { rawHeaders, statusCode: status = 500, statusMessage: statusText = "" } = received;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (!HOP_BY_HOP.test(rawHeaders[i]!)) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!);
  if (!WITHOUT_BODY.has(status))
    return new Response(Readable.toWeb(received) as ReadableStream, { status, statusText, headers });
  received.resume();
  return new Response(null, { status, statusText, headers });
}
