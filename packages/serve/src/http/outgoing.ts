import { FieldBlock, Fields, type OutgoingResponse } from "@mantou/http1";
import { Body } from "../fetch/body.ts";
import { fileBehind, isFileBlob } from "../fetch/file-blob.ts";
import { headerList } from "../fetch/headers.ts";
import { platform } from "../fetch/platform.ts";
import { type ResponseParts, responseParts } from "../fetch/response.ts";
import { cancelStream } from "../fetch/streams.ts";
import { usedBodyError } from "../fetch/used-body.ts";
import type { ConditionalHeads } from "./conditional.ts";
import { FileHead } from "./file-head.ts";
import { type OpenedFile, UnopenedFile } from "./file-plan.ts";
import { fromForeign } from "./foreign-response.ts";
import { forwardedFields } from "./forwarded-fields.ts";

/** A response that can be sent. */
export type Outgoing = WholeResponse | StreamResponse | OpenedFile;

/** A response of which every byte is known: it is written at once, and can be sent again and again. */
export class WholeResponse {
  readonly kind = "whole";
  readonly head: OutgoingResponse;
  readonly body: string | Uint8Array | null;
  /** The length that the application declares of an empty body: sent to HEAD alone. */
  readonly length: number | undefined;
  /** The heads that replace it if a request's conditions want that; null for a response that conditions do not apply to. */
  readonly conditional: ConditionalHeads | null;

  constructor(
    head: OutgoingResponse,
    body: string | Uint8Array | null,
    length?: number,
    conditional: ConditionalHeads | null = null,
  ) {
    this.head = head;
    this.body = body;
    this.length = length;
    this.conditional = conditional;
  }
}

/** The response to a request for something else than a WebSocket where there is nothing else (RFC 9110 §15.5.22). */
export const UPGRADE_REQUIRED: WholeResponse = /* @__PURE__ */ new WholeResponse(
  { status: 426, fields: ["Upgrade", "websocket", "Connection", "Upgrade"] },
  null,
);

/** A response whose body is read while it is sent. */
export interface StreamResponse {
  readonly kind: "stream";
  readonly head: OutgoingResponse;
  readonly stream: ReadableStream<Uint8Array>;
  /** Bytes of the stream, if they are known or declared before it is read. */
  readonly length: number | undefined;
  /** It was made by a class that is not ours: in development, mistakes are looked for that are easily made with those. */
  readonly isForeign: boolean;
}

const NO_FIELDS = /* @__PURE__ */ new FieldBlock([]);

/** Most responses are a 200 with no header but the type of their body, and there are three of those. */
const plainHeads = new Map<string, OutgoingResponse>(
  ["text/plain;charset=UTF-8", "application/json", "application/x-www-form-urlencoded;charset=UTF-8"].map(
    (type) => [type, { status: 200, fields: new FieldBlock(["Content-Type", type]) }],
  ),
);

/**
 * Takes what a handler returned over, with its body; a file is opened.
 * @returns null for a value that is not a response
 * @throws TypeError for a response whose body has been used or that is an error response; UsageError for a header that HTTP cannot
 *   carry; RangeError for a foreign response with a status that cannot be sent; the operating system's error for a file that cannot
 *   be opened
 */
export function toOutgoing(value: unknown): Outgoing | null {
  const taken = takeApart(value);
  return taken?.kind === "unopened" ? taken.open(true) : taken;
}

/**
 * As `toOutgoing`, but a file is not looked for.
 * @throws as `toOutgoing`
 */
export function takeApart(value: unknown): WholeResponse | StreamResponse | UnopenedFile | null {
  try {
    const parts = responseParts(value);
    if (parts !== null) return fromLight(parts, false);
    if (value instanceof platform.Response) return fromPlatform(value);
    const foreign = responseParts(fromForeign(value));
    return foreign === null ? null : fromLight(foreign, true);
  } catch (error) {
    // It will not be read: the source of its stream must hear of it.
    cancelBody(value, error);
    throw error;
  }
}

/** Cancels the stream of a response that comes too late. Never throws. */
export function discard(value: unknown, reason: unknown): void {
  try {
    const taken = takeApart(value);
    if (taken?.kind === "stream") cancelStream(taken.stream, reason);
  } catch {
    // It could not have been sent.
  }
}

/** Ends a response that is not sent: its stream is cancelled, its file closed. */
export function release(outgoing: Outgoing, reason: unknown): void {
  if (outgoing.kind === "stream") cancelStream(outgoing.stream, reason);
  else if (outgoing.kind === "file") outgoing.file.close();
}

/** Cancels the stream of a response that cannot be sent. A stream that has another reader is locked, and stays. */
function cancelBody(value: unknown, reason: unknown): void {
  const parts = responseParts(value);
  const { body } = parts ?? (value as { body?: unknown });
  const stream = body instanceof Body ? (body.held === null ? body.stream : null) : body;
  if (stream instanceof ReadableStream) cancelStream(stream, reason);
}

function fromLight(parts: ResponseParts, isForeign: boolean): WholeResponse | StreamResponse | UnopenedFile {
  const { status, statusText, headers, impliedType } = parts;
  checkStatus(status);
  const body = parts.body.take();
  if (typeof body === "string" && headers === null && status === 200 && statusText === "") {
    const head = plainHeads.get(impliedType);
    if (head !== undefined) return new WholeResponse(head, body);
  }
  const isStream = body instanceof ReadableStream;
  // The application has made a stream of the file if it has looked at the body.
  const file = isFileBlob(body) ? body : isStream ? fileBehind(body) : null;
  if (file !== null) {
    const list = headers === null ? impliedList(impliedType) : sentList(headerList(headers));
    return new UnopenedFile(file, new FileHead(status, statusText, list));
  }
  const list = headers === null ? null : headerList(headers);
  const declared = list === null ? undefined : declaredLength(list);
  const fields = list === null ? impliedFields(impliedType) : fieldsOf(list, status, declared);
  const head = makeHead(status, statusText, fields);
  if (isStream) return { kind: "stream", head, stream: body, length: declared, isForeign };
  if (body === null || typeof body === "string" || body instanceof Uint8Array)
    return new WholeResponse(head, body, declared);
  return { kind: "stream", head, stream: body.stream(), length: body.size, isForeign };
}

/** The platform does not tell what a body was made of: every body is a stream. */
function fromPlatform(response: globalThis.Response): WholeResponse | StreamResponse | UnopenedFile {
  const { status, statusText } = response;
  checkStatus(status);
  if (response.bodyUsed)
    throw usedBodyError("The response's body has already been used: make a new Response each time");
  const stream = response.body as ReadableStream<Uint8Array> | null;
  let list: string[] = [];
  for (const [name, value] of response.headers) list.push(name, value);
  // Only `fetch` makes responses of another type.
  if (response.type !== "default") list = forwardedFields(list);
  // A file's stream is known again, and not read.
  const blob = stream === null || stream.locked ? null : fileBehind(stream);
  if (blob !== null) return new UnopenedFile(blob, new FileHead(status, statusText, sentList(list)));
  const length = declaredLength(list);
  const head = makeHead(status, statusText, fieldsOf(list, status, length));
  return stream === null
    ? new WholeResponse(head, null, length)
    : { kind: "stream", head, stream, length, isForeign: true };
}

/**
 * The head in front of a body that is known.
 *
 * RFC 9110 §8.6: a handler that responds to HEAD itself, without a body, may know how long that of GET would be. Bun believes it, too.
 */
export function headFor(
  method: string,
  { head, length }: Pick<WholeResponse, "head" | "length">,
  body: string | Uint8Array | null,
): OutgoingResponse {
  if (length === undefined || method !== "HEAD" || (body !== null && body.length > 0)) return head;
  // RFC 9110 §15.3.6: GET has none of it either.
  if (head.status === 205) return head;
  const block = fieldBlock(head);
  return block.contentLength !== null
    ? head
    : { ...head, fields: new FieldBlock(["Content-Length", `${length}`], block) };
}

export function fieldBlock({ fields }: OutgoingResponse): FieldBlock {
  return fields instanceof FieldBlock ? fields : new FieldBlock(fields ?? []);
}

/** The fields of a head again as a list. The text of a block leaves the framing fields out. */
export function fieldList(head: OutgoingResponse): string[] {
  const block = fieldBlock(head);
  const list = [...new Fields(block.text, 0, block.text.length).list];
  if (block.close) list.push("Connection", "close");
  if (block.contentLength !== null) list.push("Content-Length", `${block.contentLength}`);
  return list;
}

function makeHead(status: number, reason: string, fields: FieldBlock): OutgoingResponse {
  return reason === "" ? { status, fields } : { status, reason, fields };
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
 * The fields to be sent. The connection decides the framing, since it knows the length of what it sends: the application's framing
 * fields are left out. As in Bun, also if they are wrong or not a number, as `String(undefined)` is.
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
  // RFC 9110 §8.6: a 304 has no content, and may declare the length of the 200's.
  if (status === 304 && declared !== undefined) sent.push("content-length", `${declared}`);
  return new FieldBlock(sent);
}

/**
 * The length that the application declares: needed if a stream is not at its end when the head leaves, and for a response to HEAD
 * that has no body to be counted. Undefined unless it is one row of digits.
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
