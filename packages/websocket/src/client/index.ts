export type { BinaryType, SendData } from "./convert.ts";
export { CLIENT_ERRORS, ClientError, type ClientErrorCode, type ClientErrorRow } from "./errors.ts";
export type { WebSocketEventMap, WebSocketEventTarget } from "./event-target.ts";
export {
  CloseEvent,
  type CloseEventInit,
  ErrorEvent,
  type ErrorEventInit,
  type MessageEvent,
} from "./events.ts";
export type { TlsOptions, WebSocketOptions } from "./options.ts";
export { WebSocket } from "./websocket.ts";
