import type { RequestEvent } from "../api/trace.ts";

/** The methods that OpenTelemetry's conventions know: others would let a client make any number of names. */
const METHODS: ReadonlySet<string> = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "QUERY",
  "TRACE",
]);

/** `GET /users/:id`; without a route `GET`, since the paths of clients would make any number of names. */
export function spanName({ method, route }: RequestEvent): string {
  const known = METHODS.has(method) ? method : "HTTP";
  return route === null ? known : `${known} ${route}`;
}

/** The attributes of OpenTelemetry's semantic conventions for HTTP servers that are known when a request comes. */
export function requestAttributes(event: RequestEvent): Record<string, string | number> {
  const { method, route, httpVersion, remoteAddress } = event;
  const { protocol, hostname, port, pathname, search } = new URL(event.url);
  const userAgent = event.headers.get("user-agent");
  const isKnown = METHODS.has(method);
  return {
    "http.request.method": isKnown ? method : "_OTHER",
    ...(!isKnown && { "http.request.method_original": method }),
    ...(route !== null && { "http.route": route }),
    "url.scheme": protocol.slice(0, -1),
    "url.path": pathname,
    ...(search !== "" && { "url.query": search.slice(1) }),
    "server.address": hostname,
    ...(port !== "" && { "server.port": Number(port) }),
    "network.protocol.version": httpVersion,
    ...(remoteAddress !== null && { "client.address": remoteAddress }),
    ...(userAgent !== null && { "user_agent.original": userAgent }),
  };
}

/** What a span says of the kind of an error: its name, or the type of another value. */
export function errorType(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
