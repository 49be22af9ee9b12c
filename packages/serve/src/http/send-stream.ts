import { Buffer } from "node:buffer";
import type { ServerConnection } from "@mantou/http1";
import { asBytes, cancelStream } from "../fetch/streams.ts";
import { COPIED_BYTES } from "../socket/write-queue.ts";
import { headFor, type OpenedResponse } from "./outgoing.ts";
import { closedError, type RequestContext } from "./request-context.ts";

/** The connection a response goes to. */
export interface ResponseLink {
  readonly http: ServerConnection;
  /** Nothing more reaches the client. */
  readonly closed: boolean;
  /** Writes what has been sent. */
  flush(): void;
  /** Bytes written that the operating system has not taken. */
  readonly buffered: number;
  whenDrained(callback: () => void): void;
}

/** A client that takes no more than this makes the response's stream wait. */
const HIGH_WATER_BYTES = 64 * 1024;

/**
 * A stream that always has more is left for a turn of the event loop after so much. Else its promises alone would keep
 * the loop: no other client would be served, and not even this one's departure would be noticed.
 */
const BURST_BYTES = 256 * 1024;
/** What a small or empty chunk counts as: its promises cost as much as this many bytes. */
const LEAST_BYTES = 1024;

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/**
 * Sends a response whose content is a stream, as fast as the client takes it. If the client goes away, the stream is
 * cancelled, once.
 * @param look is shown content that was there at once, and so is known as a whole
 * @returns whether the response is complete: false if the client has gone, or the connection has ended otherwise
 * @throws what the stream throws (rejects); whether a response has begun tells `http.responseState`
 */
export async function sendStream(
  link: ResponseLink,
  context: RequestContext,
  opened: OpenedResponse,
  stream: ReadableStream<Uint8Array>,
  look: ((content: Uint8Array) => void) | null = null,
): Promise<boolean> {
  const { http } = link;
  const reader = stream.getReader();
  const cancel = (reason: unknown): void => cancelStream(reader, reason);
  context.onAbort = cancel;
  try {
    const begun = await beginStream(link, context, opened, reader, look);
    if (begun === "complete") return true;
    if (begun === "over") return endedEarly(cancel);
    let { reading, burst } = begun;
    const flushSoon = makeFlushSoon(link);
    flushSoon();
    for (;;) {
      if (burst <= 0) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        burst = BURST_BYTES;
      }
      if (isOver(link, context)) return endedEarly(cancel);
      // A read is waited for as soon as it is made: what rejects while something else is waited for would end the process.
      const { value, done } = await (reading ?? reader.read());
      reading = null;
      if (isOver(link, context)) return endedEarly(cancel);
      if (done) break;
      const bytes = asBytes(value);
      burst -= Math.max(bytes.length, LEAST_BYTES);
      // Nothing is written, so the deadline stays: a stream of empty chunks makes no progress.
      if (bytes.length === 0) continue;
      http.write(bytes);
      const isCopied = bytes.length <= COPIED_BYTES;
      if (isCopied) flushSoon();
      else link.flush();
      // What is not copied is the stream's own memory, and its source may make the next chunk in it.
      if (link.buffered > (isCopied ? HIGH_WATER_BYTES : 0)) {
        await new Promise<void>((resolve) => link.whenDrained(resolve));
      }
    }
    http.end();
    return true;
  } catch (error) {
    // A broken chunk or a wrong length ends the response too, and the stream must hear of it.
    cancel(error);
    throw error;
  } finally {
    context.onAbort = null;
  }
}

/** The client has gone, or has been told otherwise: a request that broke the protocol, or came too slowly, was refused. */
export function isOver({ http, closed }: ResponseLink, context: RequestContext): boolean {
  return context.aborted || closed || (http.responseState !== "pending" && http.responseState !== "body");
}

/** A stream that was cancelled when its client went is not cancelled again: then this does nothing. */
function endedEarly(cancel: (reason: unknown) => void): false {
  cancel(closedError());
  return false;
}

/**
 * Writes what has been sent when nothing more is ready: behind the promises of this turn. 100 chunks of 1 KiB that are there at
 * once leave in two system calls instead of 100, for a fifth of the CPU time.
 */
function makeFlushSoon(link: ResponseLink): () => void {
  let scheduled = false;
  const flush = (): void => {
    scheduled = false;
    // Else the response is over, and its end has been written.
    if (link.http.responseState === "body") link.flush();
  };
  return () => {
    if (!scheduled) process.nextTick(flush);
    scheduled = true;
  };
}

interface Begun {
  /** What the stream was asked for last, if it has not given that yet. Not alone: an async function would wait for it. */
  readonly reading: ReturnType<Reader["read"]> | null;
  /** What is left of the stream's share of this turn. */
  readonly burst: number;
}

/**
 * Reads what a stream has ready. If that is all, the response leaves with its length and in one write, as most do:
 * to us every body of the platform's is a stream. Else its head and first content are sent.
 * @returns what comes next, or how the response has ended
 */
async function beginStream(
  link: ResponseLink,
  context: RequestContext,
  opened: OpenedResponse,
  reader: Reader,
  look: ((content: Uint8Array) => void) | null,
): Promise<Begun | "complete" | "over"> {
  const { http } = link;
  const ready: Uint8Array[] = [];
  let size = 0;
  let burst = BURST_BYTES;
  let reading: Begun["reading"] = null;
  const turn = new SameTick();
  try {
    // Behind one large chunk there is often nothing more.
    for (let count = 0; count < MOST_READS && (size < HIGH_WATER_BYTES || ready.length === 1); count++) {
      reading = reader.read();
      const result = await turn.outcome(reading);
      if (isOver(link, context)) return "over";
      if (result === null) break;
      reading = null;
      if (result.done) {
        if (context.body?.tooLongToDiscard === true) http.doNotPersist();
        // As in Bun, what there is counts, and not what was declared.
        const content = ready.length === 1 ? ready[0]! : Buffer.concat(ready);
        look?.(content);
        http.respond(headFor(context.head.method, opened, content), content);
        return "complete";
      }
      const bytes = asBytes(result.value);
      burst -= Math.max(bytes.length, LEAST_BYTES);
      if (bytes.length === 0) continue;
      // A copy: it is kept while the next one is made, which may be in the same memory.
      ready.push(Buffer.from(bytes));
      size += bytes.length;
    }
  } finally {
    turn.stop();
  }
  if (context.body?.tooLongToDiscard === true) http.doNotPersist();
  // What is there already shows that less was declared. Of a Blob in the platform's Response nothing else can be known.
  const length = opened.length !== undefined && opened.length < size ? undefined : opened.length;
  http.start(opened.head, length);
  if (endsWithHead(context.head.method, opened.head.status)) {
    // GET would have more to say, which HEAD does not wait for.
    http.end();
    context.onAbort?.(undefined);
    return "complete";
  }
  for (const bytes of ready) http.write(bytes);
  return { reading, burst };
}

/** RFC 9112 §6.3. Subclasses of Response may have any status, whatever content they have. */
function endsWithHead(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}

/**
 * Reads before the head leaves: the stream's share of a turn. The promises of empty chunks alone would keep the loop, and many
 * small chunks would take more memory than they have bytes.
 */
const MOST_READS = BURST_BYTES / LEAST_BYTES;

/** What gives something in each turn of the event loop, for ever, is to be seen from its beginning: the head waits no longer. */
const MOST_TURNS = 3;

/** Tells what is there without waiting from what takes longer than the turn of the event loop in which it is asked for. */
class SameTick {
  #giveUp: (nothing: null) => void = () => {};
  #immediate: NodeJS.Immediate | undefined;
  #scheduled = false;
  #turns = 0;

  /** The promise's value, or null if this turn ends before there is one. */
  outcome<T>(promise: Promise<T>): Promise<T | null> {
    clearImmediate(this.#immediate);
    // Behind the promises, and so once for all that is ready together.
    if (!this.#scheduled) process.nextTick(() => this.#await());
    this.#scheduled = true;
    return new Promise((resolve, reject) => {
      promise.then(resolve, reject);
      this.#giveUp = resolve;
    });
  }

  #await(): void {
    this.#scheduled = false;
    if (++this.#turns > MOST_TURNS) this.#giveUp(null);
    else this.#immediate = setImmediate(() => this.#giveUp(null));
  }

  /** Nothing more will be asked for. */
  stop(): void {
    clearImmediate(this.#immediate);
    this.#turns = MOST_TURNS;
  }
}
