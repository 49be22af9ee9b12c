import { FieldBlock, type OutgoingResponse } from "@mantou/http1";
import { Body } from "../fetch/body.ts";
import { fileBehind, isFileBlob } from "../fetch/file-blob.ts";
import { headerList } from "../fetch/headers.ts";
import { platform } from "../fetch/platform.ts";
import { type ResponseParts, responseParts } from "../fetch/response.ts";
import { cancelStream, readAll } from "../fetch/streams.ts";
import { FileHead } from "./file-head.ts";
import { FileContent } from "./file-plan.ts";
import { fromForeign } from "./foreign-response.ts";
import { forwardedFields } from "./forwarded-fields.ts";

/** A response of which every byte is known: it can be written at once, and again and again. */
export class PreparedResponse {
  readonly head: OutgoingResponse;
  readonly content: string | Uint8Array | null;
  /** What the application declares of content that is empty: said to HEAD alone. */
  readonly length: number | undefined;

  constructor(head: OutgoingResponse, content: string | Uint8Array | null, length?: number) {
    this.head = head;
    this.content = content;
    this.length = length;
  }
}

/** A response that has been taken apart: what is said in front, and what follows. */
export interface OpenedResponse {
  readonly head: OutgoingResponse;
  /** Text and bytes can be written at once. */
  readonly content: string | Uint8Array | ReadableStream<Uint8Array> | null;
  /**
   * Bytes of a stream, if they are known or declared before it is read. Of content that is empty: what the application
   * declares, which only an answer to HEAD can say.
   */
  readonly length: number | undefined;
}

const NO_FIELDS = new FieldBlock([]);

/** Most responses are a 200 with no header but the type of their content, and there are three of those. */
const plainHeads = new Map<string, OutgoingResponse>(
  ["text/plain;charset=UTF-8", "application/json", "application/x-www-form-urlencoded;charset=UTF-8"].map(
    (type) => [type, { status: 200, fields: new FieldBlock(["Content-Type", type]) }],
  ),
);

/**
 * Takes a response apart, and its body over.
 * @returns null for what is no response
 * @throws TypeError for one whose body has been used or that is an error response; UsageError for a header that
 *   HTTP cannot carry; RangeError for a foreign one with a status that cannot be sent
 */
export function openResponse(value: unknown): OpenedResponse | FileContent | null {
  try {
    return open(value);
  } catch (error) {
    // Nobody will read it: whoever feeds a stream must hear of it.
    abandon(value, error);
    throw error;
  }
}

function open(value: unknown): OpenedResponse | FileContent | null {
  const parts = responseParts(value);
  if (parts !== null) return openLight(parts);
  if (value instanceof platform.Response) return openPlatform(value);
  const foreign = responseParts(fromForeign(value));
  return foreign === null ? null : openLight(foreign);
}

/** Cancels the stream of a response that is not sent. A stream that somebody else reads is locked, and stays. */
function abandon(value: unknown, reason: unknown): void {
  const parts = responseParts(value);
  const { body } = parts ?? (value as { body?: unknown });
  const stream = body instanceof Body ? (body.held === null ? body.stream : null) : body;
  if (stream instanceof ReadableStream) cancelStream(stream, reason);
}

function openLight(parts: ResponseParts): OpenedResponse | FileContent {
  const { status, statusText, headers, impliedType } = parts;
  checkStatus(status);
  const content = parts.body.take();
  if (typeof content === "string" && headers === null && status === 200 && statusText === "") {
    const head = plainHeads.get(impliedType);
    if (head !== undefined) return { head, content, length: undefined };
  }
  const isStream = content instanceof ReadableStream;
  // Somebody who has looked at the body has made a stream of the file.
  const file = isFileBlob(content) ? content : isStream ? fileBehind(content) : null;
  if (file !== null) {
    const list = headers === null ? impliedList(impliedType) : sentList(headerList(headers));
    return new FileContent(file, new FileHead(status, statusText, list));
  }
  const isProducer =
    !isStream && content !== null && typeof content === "object" && !(content instanceof Uint8Array);
  const list = headers === null ? null : headerList(headers);
  const declared = list === null ? undefined : declaredLength(list);
  const fields = list === null ? impliedFields(impliedType) : fieldsOf(list, status, declared);
  const head: OutgoingResponse =
    statusText === "" ? { status, fields } : { status, reason: statusText, fields };
  if (isProducer) return { head, content: content.stream(), length: content.size };
  return { head, content, length: declared };
}

/** The platform does not say what a body was made of: everything is a stream. */
function openPlatform(response: globalThis.Response): OpenedResponse | FileContent {
  const { status, statusText } = response;
  checkStatus(status);
  if (response.bodyUsed)
    throw new TypeError("The response's body has already been used: make a new Response each time");
  const content = response.body as ReadableStream<Uint8Array> | null;
  let list = [...response.headers].flat();
  // Only `fetch` makes responses of another type.
  if (response.type !== "default") list = forwardedFields(list, content !== null);
  // A file's stream is known again, and not read.
  const blob = content === null || content.locked ? null : fileBehind(content);
  if (blob !== null) return new FileContent(blob, new FileHead(status, statusText, sentList(list)));
  const declared = declaredLength(list);
  const fields = fieldsOf(list, status, declared);
  const head: OutgoingResponse =
    statusText === "" ? { status, fields } : { status, reason: statusText, fields };
  return { head, content, length: declared };
}

/**
 * What is said in front of content that is known.
 *
 * RFC 9110 §8.6: a handler that answers HEAD itself, without content, may know how much GET would have. Bun believes it, too.
 */
export function headFor(
  method: string,
  { head, length }: Pick<OpenedResponse, "head" | "length">,
  content: string | Uint8Array | null,
): OutgoingResponse {
  if (length === undefined || method !== "HEAD" || (content !== null && content.length > 0)) return head;
  const block = fieldBlock(head);
  return block.contentLength !== null
    ? head
    : { ...head, fields: new FieldBlock(["Content-Length", `${length}`], block) };
}

function fieldBlock({ fields }: OutgoingResponse): FieldBlock {
  return fields instanceof FieldBlock ? fields : new FieldBlock(fields ?? []);
}

/**
 * Reads a response whole, so that it can be sent any number of times.
 * @throws TypeError (rejects) for what is no response
 */
export async function prepareResponse(value: unknown): Promise<PreparedResponse> {
  const opened = openResponse(value);
  if (opened === null) throw new TypeError("Only a Response can be prepared");
  if (opened instanceof FileContent) throw new TypeError("A file is read anew each time");
  const { head, content, length } = opened;
  const whole = content instanceof ReadableStream ? await readAll(content) : content;
  return new PreparedResponse(head, whole, length);
}

/** Prepares at once what needs no reading; null for the others. */
export function prepareNow(value: unknown): PreparedResponse | null {
  const source = responseParts(value);
  if (source === null || source.body.mustBeRead) return null;
  const opened = openLight(source);
  if (opened instanceof FileContent) return null;
  const { head, content, length } = opened;
  return content instanceof ReadableStream ? null : new PreparedResponse(head, content, length);
}

function checkStatus(status: number): void {
  if (status === 0) throw new TypeError("An error response cannot be sent");
  if (status === 101) throw new TypeError("A protocol is switched by server.upgrade(), not by a response");
}

function impliedFields(type: string): FieldBlock {
  return type === "" ? NO_FIELDS : new FieldBlock(impliedList(type));
}

function impliedList(type: string): string[] {
  return type === "" ? [] : ["Content-Type", type];
}

/**
 * The fields to be sent. Framing is decided by the connection, which knows the length of what it sends: what was said of it
 * elsewhere is left out. As in Bun, also if it is wrong or no number, as `String(undefined)` is.
 */
function sentList(list: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i]!;
    if (name === "transfer-encoding" || name === "content-length") continue;
    kept.push(name, list[i + 1]!);
  }
  return kept;
}

function fieldsOf(list: readonly string[], status: number, declared: number | undefined): FieldBlock {
  const sent = sentList(list);
  // RFC 9110 §8.6: a 304 has no content, and may say how long that of the 200 would be.
  if (status === 304 && declared !== undefined) sent.push("content-length", `${declared}`);
  return new FieldBlock(sent);
}

/**
 * What the application says of the content's length: needed if a stream is not at its end when the head leaves, and for an
 * answer to HEAD that has no content to be counted. Undefined for what is not one row of digits.
 */
function declaredLength(list: readonly string[]): number | undefined {
  let declared: string | undefined;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] !== "content-length") continue;
    if (declared !== undefined) return undefined;
    declared = list[i + 1]!;
  }
  if (declared === undefined || !/^[0-9]+$/.test(declared)) return undefined;
  const length = Number(declared);
  return Number.isSafeInteger(length) ? length : undefined;
}
