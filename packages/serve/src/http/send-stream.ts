import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import type { OutgoingResponse } from "@mantou/http1";
import { asBytes, cancelStream } from "../fetch/streams.ts";
import { COPIED_BYTES } from "../socket/write-queue.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import { headFor, type StreamResponse } from "./outgoing.ts";
import {
  BURST_BYTES,
  HIGH_WATER_BYTES,
  joinChunks,
  LEAST_BYTES,
  onlyChunk,
  type ReadAhead,
  type Reader,
  readAhead,
} from "./read-ahead.ts";
import { closedError, type RequestContext } from "./request-context.ts";
import type { TimedConnection } from "./timed-connection.ts";

/**
 * Sends a response whose body is a stream, as fast as the client takes it. If the client goes away, the stream is
 * cancelled, once.
 * @param look is shown a body that was there at once, and so is known as a whole
 * @returns whether the response is complete: false if the client has gone, or the connection has ended otherwise
 * @throws what the stream throws (rejects); `http.responseState` tells whether the response has begun
 */
export async function sendStream(
  connection: TimedConnection,
  context: RequestContext,
  response: StreamResponse,
  look: ((body: Uint8Array) => void) | null,
): Promise<boolean> {
  const reader = response.stream.getReader();
  const cancel = (reason: unknown): void => cancelStream(reader, reason);
  context.onAbort = cancel;
  try {
    const head = context.finishHead(response.head);
    const first = reader.read();
    const only = await onlyChunk(response.stream, first);
    if (isOver(connection, context)) return endedEarly(reader);
    if (only === null)
      return await sendChunks(connection, context, { ...response, head }, reader, first, look);
    // What is not copied is the stream's own memory, and its source may use that again.
    const body = only.length <= COPIED_BYTES ? only : Buffer.from(only);
    sendWhole(connection, context, head, response.length, body, look);
    return true;
  } catch (error) {
    // A broken chunk or a wrong length ends the response too, and the stream must hear of it.
    cancel(error);
    throw error;
  } finally {
    context.onAbort = null;
  }
}

/** Sends a body of which not everything is known. */
async function sendChunks(
  connection: TimedConnection,
  context: RequestContext,
  { head, length }: StreamResponse,
  reader: Reader,
  first: ReturnType<Reader["read"]>,
  look: ((body: Uint8Array) => void) | null,
): Promise<boolean> {
  const { http } = connection;
  const begun = await beginStream(connection, context, head, length, reader, first, look);
  if (begun === "complete") return true;
  if (begun === "over") return endedEarly(reader);
  const writer = new ChunkWriter(connection, begun.ready);
  if (begun.ready.size < HIGH_WATER_BYTES) writer.writeSoon();
  else writer.write();
  try {
    if (!(await sendRest(connection, context, reader, begun, writer))) return endedEarly(reader);
  } catch (error) {
    // The client gets what the stream gave in front of the error.
    if (http.responseState === "body") writer.write();
    throw error;
  }
  writer.end();
  return true;
}

/** @returns false if the response is over before the stream has ended */
async function sendRest(
  connection: TimedConnection,
  context: RequestContext,
  reader: Reader,
  begun: ReadAhead,
  writer: ChunkWriter,
): Promise<boolean> {
  const { http, transport } = connection;
  let { reading, burst } = begun;
  // The length of what is written must be checked at once.
  const isJoined = http.responseFraming !== "length";
  for (;;) {
    if (burst <= 0) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      burst = BURST_BYTES;
    }
    if (isOver(connection, context)) return false;
    // A read is awaited as soon as it is made: a rejection while this awaits something else would end the process.
    const { value, done } = await (reading ?? reader.read());
    reading = null;
    if (isOver(connection, context)) return false;
    if (done) return true;
    const bytes = asBytes(value);
    burst -= Math.max(bytes.length, LEAST_BYTES);
    // Nothing is written, so the deadline stays: a stream of empty chunks makes no progress.
    if (bytes.length === 0) continue;
    const isCopied = bytes.length <= COPIED_BYTES;
    if (isCopied && isJoined) writer.join(bytes);
    else writer.add(bytes);
    // What is not copied is the stream's own memory, and its source may make the next chunk in it.
    if (transport.buffered > (isCopied ? HIGH_WATER_BYTES : 0)) {
      await new Promise<void>((resolve) => transport.whenDrained(resolve));
    }
  }
}

/** Whether the client has gone, or has another response: a request that broke the protocol, or came too slowly, is refused. */
export function isOver({ http, transport }: TimedConnection, context: RequestContext): boolean {
  return (
    context.aborted || transport.closed || (http.responseState !== "pending" && http.responseState !== "body")
  );
}

/** Cancels the stream, unless that has been done when the client went. */
function endedEarly(reader: Reader): false {
  cancelStream(reader, closedError());
  return false;
}

/**
 * Sends a response that the stream has ready as a whole; else its head, and what is ready of its body.
 * @returns what was read ahead, or how the response has ended
 */
async function beginStream(
  connection: TimedConnection,
  context: RequestContext,
  head: OutgoingResponse,
  length: number | undefined,
  reader: Reader,
  first: ReturnType<Reader["read"]>,
  look: ((body: Uint8Array) => void) | null,
): Promise<ReadAhead | "complete" | "over"> {
  const { http } = connection;
  const ahead = await readAhead(reader, () => isOver(connection, context), first);
  if (ahead === null || isOver(connection, context)) return "over";
  if (ahead.ended) {
    ahead.ready.lend((chunks) => {
      sendWhole(connection, context, head, length, joinChunks(chunks), look);
      connection.flush();
      return connection.transport.buffered === 0;
    });
    return "complete";
  }
  if (context.body?.tooLongToDiscard === true) http.doNotPersist();
  http.start(head, declaredFor(ahead, length));
  if (endsWithHead(context.head.method, head.status)) {
    // HEAD does not wait for the rest of the body that GET would get.
    http.end();
    context.onAbort?.(undefined);
    return "complete";
  }
  return ahead;
}

/** Sends a body that was there at once. As in Bun, what there is counts, and not what was declared. */
function sendWhole(
  { http }: TimedConnection,
  context: RequestContext,
  head: OutgoingResponse,
  length: number | undefined,
  body: Uint8Array,
  look: ((body: Uint8Array) => void) | null,
): void {
  if (context.body?.tooLongToDiscard === true) http.doNotPersist();
  look?.(body);
  http.respond(headFor(context.head.method, { head, length }, body), body);
}

/** The declared length; undefined if more is there already. With a Blob in the platform's Response nothing else tells. */
export function declaredFor({ ready }: ReadAhead, length: number | undefined): number | undefined {
  return length !== undefined && length < ready.size ? undefined : length;
}

/** RFC 9112 §6.3. Subclasses of Response may have any status with any body. */
export function endsWithHead(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}
