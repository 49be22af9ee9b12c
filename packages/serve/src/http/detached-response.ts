import { Buffer } from "node:buffer";
import { Fields, type OutgoingResponse } from "@mantou/http1";
import type { BodyInput } from "../fetch/extract-body.ts";
import { FileBlob } from "../fetch/file-blob.ts";
import { Response } from "../fetch/response.ts";
import { cancelStream } from "../fetch/streams.ts";
import { type OpenedFile, planFile } from "./file-plan.ts";
import type { ResponseEncoder } from "./host.ts";
import { fieldBlock, headFor, type Outgoing, type StreamResponse, type WholeResponse } from "./outgoing.ts";
import { joinChunks, type ReadAhead, type Reader, readAhead } from "./read-ahead.ts";
import type { RequestContext } from "./request-context.ts";
import { RestOfStream } from "./rest-of-stream.ts";
import { declaredFor, endsWithHead } from "./send-stream.ts";

/**
 * The response that the client would get over a connection, with the request's conditions and range, and without a body for HEAD:
 * the result of `server.fetch`.
 * @throws the error for which it cannot be sent (rejects), as over a connection
 */
export async function toResponse(
  context: RequestContext,
  given: Outgoing,
  encoder: ResponseEncoder | null,
): Promise<Response> {
  // No client goes away from a call: nothing is null.
  const outgoing = encoder === null ? given : (await encoder.encode(context, given))!;
  switch (outgoing.kind) {
    case "whole":
      return fromWhole(context, outgoing);
    case "stream":
      return fromStream(context, outgoing);
    case "file":
      return fromFile(context, outgoing);
  }
}

function fromWhole(context: RequestContext, whole: WholeResponse): Response {
  const unsent = whole.conditional?.unsent(context.head) ?? null;
  if (unsent !== null) return make(context, context.finishHead(unsent), 0);
  const { body } = whole;
  const head = context.finishHead(headFor(context.head.method, whole, body));
  return make(context, head, body === null ? null : byteLength(body), body);
}

async function fromStream(
  context: RequestContext,
  { head, length, stream }: StreamResponse,
): Promise<Response> {
  const reader = stream.getReader();
  try {
    const finished = context.finishHead(head);
    const ahead = (await readAhead(reader, () => false))!;
    if (ahead.ended) {
      const body = joinChunks(ahead.ready.take());
      return make(context, headFor(context.head.method, { head: finished, length }, body), body.length, body);
    }
    const hasBody = !endsWithHead(context.head.method, head.status);
    if (!hasBody) cancelStream(reader, undefined);
    const declared = declaredFor(ahead, length);
    return make(context, finished, declared, hasBody ? restOf(reader, ahead, declared) : null);
  } catch (error) {
    cancelStream(reader, error);
    throw error;
  }
}

/** A stream of what has been read ahead, and of the rest. */
function restOf(reader: Reader, ahead: ReadAhead, declared: number | undefined): ReadableStream<Uint8Array> {
  const rest = new RestOfStream(reader, ahead, declared);
  return new ReadableStream(
    {
      async pull(controller): Promise<void> {
        try {
          const bytes = await rest.read();
          if (bytes === null) controller.close();
          else controller.enqueue(bytes);
        } catch (error) {
          cancelStream(reader, error);
          throw error;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function fromFile(context: RequestContext, opened: OpenedFile): Response {
  const { file } = opened;
  try {
    const { head, hasBody, position, length } = planFile(context.head, opened);
    const part = new FileBlob(file.source, undefined, position, position + length);
    return make(context, context.finishHead(head), length, hasBody ? (part as unknown as BodyInput) : null);
  } finally {
    // The application may never read it.
    file.close();
  }
}

/** @param length of the body that GET would get; null for a response without a body, undefined for an unknown length */
function make(
  { head: { method } }: RequestContext,
  head: OutgoingResponse,
  length: number | null | undefined,
  body: BodyInput = null,
): Response {
  const { status, reason = "" } = head;
  const block = fieldBlock(head);
  const { list } = new Fields(block.text, 0, block.text.length);
  const headers = list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1]!] as [string, string]] : []));
  const isEmpty = endsWithHead(method, status);
  const declared = block.contentLength ?? (length === null ? (isEmpty ? undefined : 0) : length);
  if (declared !== undefined && status !== 204 && (status !== 304 || block.contentLength !== null))
    headers.push(["Content-Length", `${declared}`]);
  const response = new Response(isEmpty || length === 0 ? null : body, {
    status,
    statusText: reason,
    headers,
  });
  // The body implies a type, which the application has removed.
  if (!list.some((name, i) => i % 2 === 0 && name.toLowerCase() === "content-type"))
    response.headers.delete("content-type");
  return response;
}

function byteLength(body: string | Uint8Array): number {
  return typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
}
