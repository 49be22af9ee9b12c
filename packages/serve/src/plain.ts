/** `serve`, with the classes and types of its API. All globals stay as they are. */
export type { CompressOptions, Encoding } from "./api/compress.ts";
export type {
  BodyInit,
  HeadersEntries,
  HeadersInit,
  HeadersKeys,
  RouteRequest,
  ServerRequest,
} from "./api/fetch.ts";
export type { LimitOptions } from "./api/limits.ts";
export type { LogEntry, LogFormat, LogOption, LogOptions } from "./api/log.ts";
export type { NetworkOptions, PEM, SocketAddress, TLSOptions, UnixOptions } from "./api/network.ts";
export type { ProxyOptions, TrustedProxies } from "./api/proxy.ts";
export type { RequestControls } from "./api/request-controls.ts";
export type { DirectoryRouteOptions, HTMLBundle, HTTPMethod } from "./api/routes.ts";
export type {
  ErrorLike,
  FetchHandler,
  ReloadOptions,
  RouteHandler,
  Routes,
  RouteValue,
  ServeOptions,
  Server,
  WebSocketRoute,
} from "./api/server.ts";
export type { ServerSettings } from "./api/settings.ts";
export type { StopOptions } from "./api/stop.ts";
export type {
  Backplane,
  StoredMessage,
  StoredMessages,
  TopicEvents,
  TopicMember,
  TopicMetrics,
  TopicRule,
  Topics,
} from "./api/topics.ts";
export type { Instrumentation, PublishEvent, RequestEvent, WebSocketEvent } from "./api/trace.ts";
export type {
  BinaryType,
  MessageData,
  ServerWebSocket,
  SubscribeOptions,
  WebSocketHandler,
} from "./api/websocket.ts";
export { Cookie } from "./cookies/cookie.ts";
export { CookieMap } from "./cookies/cookie-map.ts";
export type { CookieInit, CookieSameSite, CookieStoreDeleteOptions } from "./cookies/types.ts";
export type { BodyInput } from "./fetch/extract-body.ts";
export { file } from "./fetch/file.ts";
export type { FileBlob as BunFile, FileOptions } from "./fetch/file-blob.ts";
export type { FileSink, SinkOptions } from "./fetch/file-sink.ts";
export type { FileData, WriteOptions } from "./fetch/file-write.ts";
export { uninstall } from "./fetch/globals.ts";
export { Headers, type HeadersInput } from "./fetch/headers.ts";
export { Response } from "./fetch/response.ts";
export type { ResponseInit } from "./fetch/response-init.ts";
export { fileBelow } from "./routing/file-below.ts";
export { serve } from "./server/serve.ts";
export { instrument } from "./trace/channels.ts";
