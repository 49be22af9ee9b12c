export type { BinaryType, SendData } from "./convert.ts";
export { ClientError, FAILURES, type FailureCode, type FailureRow } from "./errors.ts";
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
