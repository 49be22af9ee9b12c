export { type CloseStatus, isCloseCode, MAX_REASON_BYTES, NO_STATUS } from "./close.ts";
export {
  type Compressor,
  type CompressorSettings,
  compressorSettings,
  type DecompressorSettings,
  decompressorSettings,
} from "./compressor.ts";
export { Connection } from "./connection.ts";
export type { ConnectionOptions, ReplyListener } from "./connection-options.ts";
export { type DeflateCodecOptions, PerMessageDeflate } from "./deflate.ts";
export {
  acceptDeflate,
  agreeDeflate,
  type DeflateAccepted,
  type DeflateAgreement,
  type DeflateOptions,
  type DeflateParams,
  type DeflateSettings,
  deflateSettings,
  offerDeflate,
} from "./deflate-negotiation.ts";
export { ERRORS, type ErrorCode, type ErrorRow, WebSocketError } from "./errors.ts";
export type { BinaryEvent, CloseEvent, ErrorEvent, Event, PingPongEvent, TextEvent } from "./events.ts";
export { type Extension, formatExtensions, parseExtensions } from "./extensions.ts";
export {
  type EncodedFrame,
  INLINE_ASCII_BYTES,
  INLINE_BYTES,
  type Output,
} from "./frame-encoder.ts";
export {
  acceptHeaders,
  acceptKey,
  checkResponse,
  checkUpgrade,
  chooseProtocol,
  createKey,
  type HandshakeOffer,
  type ResponseCheck,
  requestHeaders,
  type UpgradeAccepted,
  type UpgradeRefused,
  type UpgradeRequest,
  type UpgradeResponse,
} from "./handshake.ts";
export { DEFAULT_LIMITS, type Limits, resolveLimits } from "./limits.ts";
export { IDENTITY, type MessageCodec } from "./message-codec.ts";
export { type DataOpcode, MAX_CONTROL_BYTES } from "./opcode.ts";
export { Prepared, type PreparedFrames, prepareMessage } from "./prepared.ts";
export type { State } from "./state.ts";
