export { ClientConnection, type ClientConnectionOptions } from "./client-connection.ts";
export { ServerConnection, type ServerConnectionOptions } from "./connection.ts";
export { ProtocolError, type Rejection, type RejectionCode, rejections, UsageError } from "./errors.ts";
export {
  CHUNKED,
  type ClientEvent,
  type Closed,
  type Data,
  type End,
  type IncomingResponse,
  type InterimResponse,
  type Output,
  type RequestHead,
  type ServerEvent,
  UNTIL_CLOSE,
} from "./events.ts";
export { FieldBlock, Fields } from "./fields.ts";
export { absoluteFormAuthority, isFieldValue, isToken, listMembers } from "./grammar.ts";
export { defaultLimits, type Limits } from "./limits.ts";
export type { OutgoingRequest } from "./outgoing-request.ts";
export { type ResponseHead, reasonPhrases } from "./response-head.ts";
export type {
  ClientState,
  ClientWaitingFor,
  RequestState,
  ResponseState,
  ServerState,
  WaitingFor,
} from "./state.ts";
