export { compressed, compressedConversation } from "./compressed-conversations.ts";
export { type Conversation, conversation, openConversation, wholeMessage } from "./conversations.ts";
export {
  type CompressedMessage,
  type CompressorLimits,
  compressedMessage,
  compressedMessages,
} from "./deflate.ts";
export { type DeflateElement, deflateElement, wrongDeflate } from "./deflate-params.ts";
export {
  type ExtensionsHeader,
  extension,
  extensionsHeader,
  type MalformedExtensions,
  type MalformedKind,
  malformedExtensions,
  token,
  writtenExtensions,
} from "./extensions.ts";
export {
  closeCode,
  controlPayload,
  type Frame,
  forbiddenCloseCode,
  frame,
  maskKey,
  type Sender,
  writeFrame,
} from "./frames.ts";
export { INVALID_KINDS, type Invalid, type InvalidKind, invalid, invalidBy, wrongMask } from "./invalid.ts";
export {
  BOUNDARY_LENGTHS,
  boundaryMessage,
  bytes,
  INVALID_UTF8,
  type Message,
  message,
  messagePayload,
  text,
} from "./messages.ts";
export { cut, cuts, split } from "./splits.ts";
export { UNDECODABLE_KINDS, type Undecodable, type UndecodableKind, undecodable } from "./undecodable.ts";
