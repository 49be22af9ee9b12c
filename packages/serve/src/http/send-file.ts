import { Buffer } from "node:buffer";
import type { OutgoingResponse } from "@mantou/http1";
import { type FileReply, type OpenedFile, planFile } from "./file-plan.ts";
import { hotFiles, KeptBytes } from "./hot-files.ts";
import { changedError, type OpenFile } from "./open-file.ts";
import type { RequestContext } from "./request-context.ts";
import { isOver } from "./send-stream.ts";
import type { TimedConnection } from "./timed-connection.ts";

/** A file up to this size is read synchronously and leaves in one write with its head; open-file.ts has the cost. */
const SMALL_BYTES = 64 * 1024;

/** One read, and one write, of a large file. Per GiB 64 KiB took 560 ms of CPU, 128 KiB 350 and 256 KiB 330 (Node.js 26). */
const CHUNK_BYTES = 128 * 1024;
/** The pairs that wait for the next transfers: 4 MiB. */
const KEPT_PAIRS = 16;

const kept: ChunkPair[] = [];

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

/** Reads the next piece while the last one is written: 1 GB takes the memory of two pieces. */
async function pump(
  connection: TimedConnection,
  context: RequestContext,
  head: OutgoingResponse,
  plan: FileReply,
  file: OpenFile,
): Promise<boolean> {
  const { http } = connection;
  const end = plan.position + plan.length;
  let { position } = plan;
  let reading: Promise<number> | null = null;
  try {
    const chunks = ChunkPair.take();
    const readNext = (): Promise<number> => {
      const next = file.read(chunks.next, Math.min(chunks.size, end - position), position);
      // It may fail while this waits for the client, and is awaited behind that.
      next.catch(ignore);
      return next;
    };
    reading = readNext();
    for (;;) {
      const count = await reading;
      if (isOver(connection, context)) return false;
      const bytes = chunks.turn(count);
      const isFirst = position === plan.position;
      position += count;
      const isLast = position === end;
      // Before its last bytes: a client that has got them all takes the file for whole.
      if (count === 0 || (isLast && file.changed)) throw changedError();
      // Not earlier: a file that cannot be read at all is an error's response.
      if (isFirst) http.start(head, plan.length);
      http.write(bytes);
      if (isLast) http.end();
      connection.flush();
      if (isLast) break;
      reading = readNext();
      if (connection.transport.buffered > 0) {
        await new Promise<void>((resolve) => connection.transport.whenDrained(resolve));
        if (isOver(connection, context)) return false;
      }
    }
    if (connection.transport.buffered > 0) connection.transport.whenDrained(() => chunks.giveBack());
    else chunks.giveBack();
    return true;
  } finally {
    // A descriptor that is closed under a read may be another file's by then.
    await reading?.catch(ignore);
    file.close();
  }
}

/** The memory of one transfer: one half is read into while the other is written. */
export class ChunkPair {
  readonly size: number = CHUNK_BYTES;
  #next: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #other: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);

  static take(): ChunkPair {
    return kept.pop() ?? new ChunkPair();
  }

  /** The half to read into. Its bytes must have been written. */
  get next(): Buffer {
    return this.#next;
  }

  /** The bytes that have been read; the other half is the next. */
  turn(count: number): Buffer {
    const full = this.#next;
    this.#next = this.#other;
    this.#other = full;
    return full.subarray(0, count);
  }

  /** Keeps it for the next transfer. No read and no write may use it any more: in doubt it is left to the garbage collector. */
  giveBack(): void {
    if (kept.length < KEPT_PAIRS) kept.push(this);
  }
}

function ignore(): void {}
