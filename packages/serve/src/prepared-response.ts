import { FieldBlock, type ResponseHead } from "@mantou/http1";
import { readAll } from "./body-stream.ts";
import { forwardedFields } from "./fetched-response.ts";
import { FileBlob } from "./file-blob.ts";
import { FileHead } from "./file-head.ts";
import { FileContent } from "./file-response.ts";
import { fromForeign } from "./foreign-response.ts";
import { Headers } from "./headers.ts";
import { Response, type ResponseParts } from "./response.ts";

const PlatformResponse: typeof globalThis.Response = globalThis.Response;

/** A response of which every byte is known: it can be written at once, and again and again. */
export class PreparedResponse {
  readonly head: ResponseHead;
  readonly content: string | Uint8Array | null;

  constructor(head: ResponseHead, content: string | Uint8Array | null) {
    this.head = head;
    this.content = content;
  }
}

/** A response that has been taken apart: what is said in front, and what follows. */
export interface OpenedResponse {
  readonly head: ResponseHead;
  /** Text and bytes can be written at once. */
  readonly content: string | Uint8Array | ReadableStream<Uint8Array> | null;
  /** Bytes of a stream, if they are known or declared before it is read. */
  readonly length: number | undefined;
}

const NO_FIELDS = new FieldBlock([]);

/** Most responses are a 200 with no header but the type of their content, and there are three of those. */
const plainHeads = new Map<string, ResponseHead>(
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
  const parts = Response.parts(value);
  if (parts !== null) return openLight(parts);
  if (value instanceof PlatformResponse) return openPlatform(value);
  const foreign = Response.parts(fromForeign(value));
  return foreign === null ? null : openLight(foreign);
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
  const file = FileBlob.is(content) ? content : isStream ? FileBlob.behind(content) : null;
  if (file !== null) {
    const list = headers === null ? impliedList(impliedType) : sentList(Headers.listOf(headers), true);
    return new FileContent(file, new FileHead(status, statusText, list));
  }
  const isProducer =
    !isStream && content !== null && typeof content === "object" && !(content instanceof Uint8Array);
  const list = headers === null ? null : Headers.listOf(headers);
  const fields = list === null ? impliedFields(impliedType) : fieldsOf(list, content !== null);
  const head: ResponseHead = statusText === "" ? { status, fields } : { status, reason: statusText, fields };
  if (isProducer) return { head, content: content.stream(), length: content.size };
  return { head, content, length: isStream && list !== null ? declaredLength(list) : undefined };
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
  const blob = content === null || content.locked ? null : FileBlob.behind(content);
  if (blob !== null) return new FileContent(blob, new FileHead(status, statusText, sentList(list, true)));
  const fields = fieldsOf(list, content !== null);
  const head: ResponseHead = statusText === "" ? { status, fields } : { status, reason: statusText, fields };
  return { head, content, length: content === null ? undefined : declaredLength(list) };
}

/**
 * Reads a response whole, so that it can be sent any number of times.
 * @throws TypeError (rejects) for what is no response
 */
export async function prepareResponse(value: unknown): Promise<PreparedResponse> {
  const opened = openResponse(value);
  if (opened === null) throw new TypeError("Only a Response can be prepared");
  if (opened instanceof FileContent) throw new TypeError("A file is read anew each time");
  const { head, content } = opened;
  if (!(content instanceof ReadableStream)) return new PreparedResponse(head, content);
  return new PreparedResponse(head, await readAll(content));
}

/** Prepares at once what needs no reading; null for the others. */
export function prepareNow(value: unknown): PreparedResponse | null {
  const source = Response.parts(value);
  if (source === null || source.body.mustBeRead) return null;
  const opened = openLight(source);
  if (opened instanceof FileContent) return null;
  const { head, content } = opened;
  return content instanceof ReadableStream ? null : new PreparedResponse(head, content);
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
 * The fields to be sent. Framing is decided by the connection, so what was said of it elsewhere is left out: a
 * Transfer-Encoding always, a Content-Length where there is content that has a length of its own.
 */
function sentList(list: readonly string[], hasContent: boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i]!;
    if (name === "transfer-encoding" || (hasContent && name === "content-length")) continue;
    kept.push(name, list[i + 1]!);
  }
  return kept;
}

function fieldsOf(list: readonly string[], hasContent: boolean): FieldBlock {
  return new FieldBlock(sentList(list, hasContent));
}

/**
 * What the application says of a stream's length: needed only if the stream is not at its end when the head leaves.
 * @throws UsageError for a Content-Length that is not one row of digits
 */
function declaredLength(list: readonly string[]): number | undefined {
  const values = list.filter((_, i) => list[i - (i % 2)] === "content-length");
  const { contentLength } = new FieldBlock(values);
  return contentLength < 0 ? undefined : contentLength;
}
