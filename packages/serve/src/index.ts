export { Cookie } from "./cookie.ts";
export { CookieMap } from "./cookie-map.ts";
export type { CookieInit, CookieSameSite, CookieStoreDeleteOptions } from "./cookie-types.ts";
export { Headers } from "./headers.ts";
export { Response, type ResponseInit } from "./response.ts";
export { serve } from "./serve.ts";
export type {
  FetchHandler,
  HTTPMethod,
  ReloadOptions,
  RouteHandler,
  RouteRequest,
  Routes,
  RouteValue,
  ServeOptions,
  Server,
  ServerRequest,
  SocketAddress,
  TLSOptions,
} from "./types.ts";
export type { BinaryType, MessageData, ServerWebSocket, WebSocketHandler } from "./websocket-types.ts";
