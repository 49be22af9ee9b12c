export { ServerConnection, type ServerConnectionOptions } from "./connection.ts";
export { ProtocolError, type Rejection, type RejectionCode, rejections, UsageError } from "./errors.ts";
export {
  CHUNKED,
  type Closed,
  type Data,
  type End,
  type Output,
  type RequestHead,
  type ServerEvent,
} from "./events.ts";
export { FieldBlock, Fields } from "./fields.ts";
export { absoluteFormAuthority, isFieldValue, isToken, listMembers } from "./grammar.ts";
export { defaultLimits, type Limits } from "./limits.ts";
export { type ResponseHead, reasonPhrases } from "./response-head.ts";
export type { ClientState, ServerState, WaitingFor } from "./state.ts";
