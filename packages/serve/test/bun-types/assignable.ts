/**
 * Bun's own types beside ours. Compiled and not run (`tsc -p test/bun-types`): whatever is declared here has to be assignable.
 *
 * What is not, and stays so:
 * - Bun's `Server` where ours is wanted: it has no `peerCertificate` and no `Symbol.asyncDispose`.
 * - `Cookie.domain`: without one it is null, in `toJSON` too and in Bun too, but not in Bun's types.
 * - `exactOptionalPropertyTypes` has to be off, as Bun's types are written.
 */
import type {
  CookieMap,
  RouteRequest,
  ServeOptions,
  Server,
  ServerWebSocket,
  WebSocketHandler,
} from "@mantou/serve";
import { Cookie, file, serve } from "@mantou/serve";

interface Data {
  name: string;
}

// Options that are typed by Bun's types.
declare const withFetch: Bun.Serve.Options<undefined>;
declare const withRoutes: Bun.Serve.Options<undefined, "/users/:id" | "/*">;
declare const withWebSocket: Bun.Serve.Options<Data>;
export const servers: [Server<undefined>, Server<undefined>, Server<Data>] = [
  serve(withFetch),
  serve(withRoutes),
  serve(withWebSocket),
];
export const options: ServeOptions<undefined> = withFetch;

// What we give, where Bun's is expected.
declare const server: Server<undefined>;
declare const serverWithData: Server<Data>;
declare const socket: ServerWebSocket<Data>;
declare const request: RouteRequest<"/users/:id">;
declare const cookies: CookieMap;
export const bunServers: [Bun.Server<undefined>, Bun.Server<Data>] = [server, serverWithData];
export const bunSocket: Bun.ServerWebSocket<Data> = socket;
export const bunParams: Bun.BunRequest<"/users/:id">["params"] = request.params;
export const bunCookies: Bun.CookieMap = cookies;
export const bunCookie: Omit<Bun.Cookie, "domain" | "toJSON"> = new Cookie("a", "b");
export const size: Bun.BunFile["size"] = file("a").size;

// Handlers written for one are handlers of the other.
declare const bunHandler: Bun.WebSocketHandler<Data>;
declare const handler: WebSocketHandler<Data>;
export const handlers: [WebSocketHandler<Data>, Bun.WebSocketHandler<Data>] = [bunHandler, handler];
