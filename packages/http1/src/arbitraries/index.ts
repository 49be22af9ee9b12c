/**
 * fast-check arbitraries for HTTP/1.1 requests and responses (RFC 9112): messages that a parser must accept, with their
 * meaning; messages that it must refuse, with the reason; mutations of both; and ways to cut bytes into packets. They do not use
 * this package's parser, so that they can test any parser.
 */
export { badFieldLines, type FieldLineDefect } from "./bad-field-line.ts";
export { badFramingLines, type FramingLineDefect } from "./bad-framing-lines.ts";
export { type Body, chunkExtension, chunkExtensions, chunkedBody, content } from "./body.ts";
export type { InvalidMessage } from "./defect.ts";
export { type FieldLine, plainField, plainFields, trailerFields } from "./fields.ts";
export { invalidRequest, invalidRequests, type RequestDefect } from "./invalid.ts";
export type { BodyDefect } from "./invalid-body.ts";
export { type ChunkDefect, invalidChunks } from "./invalid-chunks.ts";
export type { HeadDefect } from "./invalid-head.ts";
export {
  type InvalidResponse,
  invalidResponse,
  invalidResponses,
  type ResponseDefect,
} from "./invalid-response.ts";
export { mutated } from "./mutation.ts";
export {
  type ExpectedRequest,
  persistentRequest,
  pipeline,
  type ValidRequest,
  validRequest,
} from "./request.ts";
export {
  type ExpectedInterim,
  type ExpectedResponse,
  persistentResponse,
  responsePipeline,
  type ValidResponse,
  validResponse,
} from "./response.ts";
export { byteByByte, cutAt, cuts } from "./split.ts";
export {
  absoluteForm,
  authorityForm,
  hostValue,
  type MethodAndTarget,
  methodAndTarget,
  originForm,
  uriHost,
} from "./target.ts";
export { anyCase, fieldValue, latin1, token } from "./text.ts";
