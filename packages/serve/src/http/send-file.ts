import { Buffer } from "node:buffer";
import type { OutgoingResponse } from "@mantou/http1";
import { CHUNK_BYTES, fileChunks } from "./file-chunks.ts";
import { type FileReply, type OpenedFile, planFile } from "./file-plan.ts";
import { hotFiles, KeptBytes } from "./hot-files.ts";
import { changedError, type OpenFile } from "./open-file.ts";
import type { RequestContext } from "./request-context.ts";
import { isOver } from "./send-stream.ts";
import type { TimedConnection } from "./timed-connection.ts";

/** A file up to this size is read synchronously and leaves in one write with its head; open-file.ts has the cost. */
const SMALL_BYTES = 64 * 1024;

/**
 * Sends a file, or the part of it that the request wants. The file is closed in any case.
 * @returns null if the response is complete; else a promise of whether it has become so, or the connection has ended
 * @throws the error for which the file cannot be read, at once or later (rejects); `http.responseState` tells whether the response has
 *   begun
 */
export function sendFile(
  connection: TimedConnection,
  context: RequestContext,
  response: OpenedFile,
): Promise<boolean> | null {
  const { http } = connection;
  const { file } = response;
  let goesOn = false;
  try {
    const plan = planFile(context.head, response);
    const head = context.finishHead(plan.head);
    if (context.body?.tooLongToDiscard === true) http.doNotPersist();
    if (!plan.hasBody) http.respond(head, "");
    else if (context.head.method === "HEAD") {
      http.start(head, plan.length);
      http.end();
    } else if (plan.length <= SMALL_BYTES) http.respond(head, readSmall(file, plan));
    else {
      const found = findKept(connection, file, plan);
      if (found instanceof KeptBytes) {
        sendKept(connection, head, plan, found);
        return null;
      }
      goesOn = true;
      // As behind every response, an unread body is discarded. A client that first sends all of it would else wait for us
      // to read, and we for it.
      context.body?.abandon();
      if (found === null) return pump(connection, context, head, plan, file);
      return sendRead(connection, context, head, plan, file, found);
    }
    return null;
  } finally {
    if (!goesOn) file.close();
  }
}

function readSmall(file: OpenFile, { position, length }: FileReply): Buffer {
  // The transport keeps it until it is written, so it cannot be shared.
  const bytes = Buffer.allocUnsafe(length);
  if (file.readSync(bytes, position) < length) throw changedError();
  return bytes;
}

/** Not through TLS, which would encrypt all of a write at once, however slowly its client reads. */
function findKept(
  { transport }: TimedConnection,
  file: OpenFile,
  { length }: FileReply,
): KeptBytes | Promise<KeptBytes | null> | null {
  return transport.site === null ? hotFiles.get(file, length === file.size) : null;
}

/** Sends kept bytes in one write, as a response that is known as a whole. */
function sendKept(
  connection: TimedConnection,
  head: OutgoingResponse,
  { position, length }: FileReply,
  kept: KeptBytes,
): void {
  const { http, transport } = connection;
  http.respond(head, kept.bytes.subarray(position, position + length));
  connection.flush();
  if (transport.buffered === 0) return;
  hotFiles.hold(kept);
  transport.whenDrained(() => hotFiles.release(kept));
}

/** Sends a file that is read to be kept, piece by piece if it changes meanwhile. */
async function sendRead(
  connection: TimedConnection,
  context: RequestContext,
  head: OutgoingResponse,
  plan: FileReply,
  file: OpenFile,
  reading: Promise<KeptBytes | null>,
): Promise<boolean> {
  let isPumped = false;
  try {
    const kept = await reading;
    if (isOver(connection, context)) return false;
    if (kept !== null) {
      sendKept(connection, head, plan, kept);
      return true;
    }
    isPumped = true;
  } finally {
    if (!isPumped) file.close();
  }
  return pump(connection, context, head, plan, file);
}

/** A client gets long chunks when it has taken so many, one behind the other, at once. */
const LEAST_TAKEN = 3;

/** Reads the next chunk while the client takes the last one: 1 GB takes the memory of two. */
async function pump(
  connection: TimedConnection,
  context: RequestContext,
  head: OutgoingResponse,
  plan: FileReply,
  file: OpenFile,
): Promise<boolean> {
  const { http, transport } = connection;
  const end = plan.position + plan.length;
  let { position } = plan;
  let reading: Promise<number> | null = null;
  let chunk: Buffer | null = null;
  /** The chunk before, as long as the client has not taken all that was written of it. */
  let written: Buffer | null = null;
  /** The chunks that the client has taken at once since it last did not. */
  let taken = 0;
  try {
    while (position < end) {
      chunk = fileChunks.take(taken < LEAST_TAKEN ? CHUNK_BYTES : end - position);
      reading = file.read(chunk, Math.min(chunk.length, end - position), position);
      if (written !== null) {
        // The read may fail while this waits for the client, and is awaited behind that.
        reading.catch(ignore);
        await new Promise<void>((resolve) => transport.whenDrained(resolve));
        fileChunks.giveBack(written);
        written = null;
      }
      const count = await reading;
      if (count === 0) throw changedError();
      // Behind bytes that the client does not take at once, the rest of a long chunk is read again, in short ones.
      for (let start = 0; start < count && written === null; start += CHUNK_BYTES) {
        if (isOver(connection, context)) return false;
        const bytes = chunk.subarray(start, Math.min(start + CHUNK_BYTES, count));
        const isFirst = position === plan.position;
        position += bytes.length;
        // Before its last bytes: a client that has got them all takes the file for whole.
        if (position === end && file.changed) throw changedError();
        // Not earlier: a file that cannot be read at all is an error's response.
        if (isFirst) http.start(head, plan.length);
        http.write(bytes);
        if (position === end) http.end();
        connection.flush();
        if (transport.buffered > 0) written = chunk;
      }
      taken = written === null ? taken + 1 : 0;
      if (written === null) fileChunks.giveBack(chunk);
      chunk = null;
    }
    return true;
  } finally {
    // A descriptor that is closed under a read may be another file's by then.
    await reading?.catch(ignore);
    file.close();
    for (const used of [chunk, written]) {
      if (used !== null) transport.whenDrained(() => fileChunks.giveBack(used));
    }
  }
}

function ignore(): void {}
