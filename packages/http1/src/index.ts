export { ClientConnection, type ClientConnectionOptions } from "./client-connection.ts";
export { ERRORS, type ErrorCode, type ErrorRow, ProtocolError, UsageError } from "./errors.ts";
export type {
  ClientEvent,
  Closed,
  Data,
  End,
  Framing,
  IncomingRequest,
  IncomingResponse,
  InterimResponse,
  Output,
  ServerEvent,
} from "./events.ts";
export { FieldBlock, type FieldList, Fields } from "./fields.ts";
export { absoluteFormAuthority, isFieldValue, isHost, isToken, listMembers } from "./grammar.ts";
export { DEFAULT_LIMITS, type Limits, resolveLimits } from "./limits.ts";
export type { OutgoingRequest } from "./outgoing-request.ts";
export type { OutgoingResponse } from "./outgoing-response.ts";
export { ServerConnection, type ServerConnectionOptions } from "./server-connection.ts";
export type {
  ClientRequestState,
  ClientResponseState,
  ClientWaitingFor,
  ServerRequestState,
  ServerResponseState,
  ServerWaitingFor,
} from "./state.ts";
export { reasonPhrases, type StatusLine } from "./status-line.ts";
