import { Buffer } from "node:buffer";
import type { ServerConnection } from "@mantou/http1";
import { asBytes } from "./body-stream.ts";
import type { Exchange } from "./exchange.ts";
import { COPIED_BYTES } from "./outbox.ts";
import type { OpenedResponse } from "./prepared-response.ts";

/** The connection a response goes to. */
export interface ResponseLink {
  readonly http: ServerConnection;
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
 * the loop: nobody else would be served, and not even the client's departure would be noticed.
 */
const BURST_BYTES = 256 * 1024;
/** What a small chunk counts as: its promises cost as much as this many bytes. */
const LEAST_BYTES = 1024;

/**
 * Sends a response whose content is a stream, as fast as the client takes it. If the client goes away, the stream is
 * cancelled, once.
 * @throws what the stream throws (rejects); whether a response has begun tells `http.serverState`
 */
export async function sendStream(
  link: ResponseLink,
  exchange: Exchange,
  opened: OpenedResponse,
  stream: ReadableStream<Uint8Array>,
): Promise<void> {
  const { http } = link;
  const reader = stream.getReader();
  const cancel = (reason: unknown): void => void reader.cancel(reason).catch(() => {});
  exchange.onAbort = cancel;
  try {
    const begun = await beginStream(link, exchange, opened, reader);
    if (begun === null) return;
    let { reading } = begun;
    const flushSoon = makeFlushSoon(link);
    flushSoon();
    let burst = BURST_BYTES;
    for (;;) {
      const { value, done } = await reading;
      if (exchange.aborted) return;
      if (done) break;
      const bytes = asBytes(value);
      http.write(bytes);
      const isCopied = bytes.length <= COPIED_BYTES;
      if (isCopied) flushSoon();
      else link.flush();
      // What is not copied is the stream's own memory: who makes the next chunk in it must not do so too early.
      if (link.buffered > (isCopied ? HIGH_WATER_BYTES : 0)) {
        await new Promise<void>((resolve) => link.whenDrained(resolve));
      }
      burst -= Math.max(bytes.length, LEAST_BYTES);
      if (burst < 0) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        burst = BURST_BYTES;
      }
      if (exchange.aborted) return;
      reading = reader.read();
    }
    http.end();
  } catch (error) {
    // A broken chunk or a wrong length ends the response too, and the stream must hear of it.
    cancel(error);
    throw error;
  } finally {
    exchange.onAbort = null;
  }
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
    if (link.http.serverState === "body") link.flush();
  };
  return () => {
    if (!scheduled) process.nextTick(flush);
    scheduled = true;
  };
}

/** What a stream was asked for next. Not the bare promise: an async function would wait for it. */
interface Begun {
  readonly reading: ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>;
}

/**
 * Reads what a stream has ready. If that is all, the response leaves with its length and in one write, as most do:
 * to us every body of the platform's is a stream. Else its head and first content are sent.
 * @returns what comes next; null if the response is complete, or the client has gone
 */
async function beginStream(
  link: ResponseLink,
  exchange: Exchange,
  opened: OpenedResponse,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Begun | null> {
  const { http } = link;
  const ready: Uint8Array[] = [];
  let size = 0;
  let reading = reader.read();
  const turn = new ThisTurn();
  try {
    // Behind one large chunk there is often nothing more.
    while (size < HIGH_WATER_BYTES || ready.length === 1) {
      const result = await turn.outcome(reading);
      if (exchange.aborted) return null;
      if (result === null) break;
      if (result.done) {
        if (exchange.body?.tooLongToDiscard === true) http.doNotPersist();
        // As in Bun, what there is counts, and not what was declared.
        http.respond(opened.head, ready.length === 1 ? ready[0]! : Buffer.concat(ready));
        return null;
      }
      const bytes = asBytes(result.value);
      // A copy: it is kept while the next one is made, which may be in the same memory.
      ready.push(Buffer.from(bytes));
      size += bytes.length;
      reading = reader.read();
    }
  } finally {
    turn.stop();
  }
  if (exchange.body?.tooLongToDiscard === true) http.doNotPersist();
  http.start(opened.head, opened.length);
  if (exchange.head.method === "HEAD") {
    // GET would have more to say. Nobody wants to wait for that.
    http.end();
    exchange.onAbort?.(undefined);
    return null;
  }
  for (const bytes of ready) http.write(bytes);
  return { reading };
}

/** What gives something in each turn of the event loop, for ever, is to be seen from its beginning: the head waits no longer. */
const MOST_TURNS = 3;

/** Tells what is there without waiting from what takes longer than the turn of the event loop in which it is asked for. */
class ThisTurn {
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
