import { Buffer } from "node:buffer";
import type { ServerConnection } from "@mantou/http1";
import { asBytes } from "./body-stream.ts";
import type { Exchange } from "./exchange.ts";
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
/** What a small chunk counts as: its system call costs as much as this many bytes. */
const LEAST_BYTES = 4 * 1024;

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
    const complete = await beginStream(link, exchange, opened, reader);
    if (exchange.aborted || complete) return;
    let burst = BURST_BYTES;
    for (;;) {
      const { value, done } = await reader.read();
      if (exchange.aborted) return;
      if (done) break;
      const bytes = asBytes(value);
      http.write(bytes);
      link.flush();
      if (link.buffered > HIGH_WATER_BYTES) {
        await new Promise<void>((resolve) => link.whenDrained(resolve));
      }
      burst -= Math.max(bytes.length, LEAST_BYTES);
      if (burst < 0) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        burst = BURST_BYTES;
      }
      if (exchange.aborted) return;
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
 * Reads what a stream has ready. If that is all, the response leaves with its length and in one write, as most do:
 * to us every body of the platform's is a stream. Else its head and first content leave now.
 * @returns whether the response is complete
 */
async function beginStream(
  link: ResponseLink,
  exchange: Exchange,
  opened: OpenedResponse,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<boolean> {
  const ready: Uint8Array[] = [];
  let size = 0;
  let pending = reader.read();
  // Behind one large chunk there is often nothing more.
  while (size < HIGH_WATER_BYTES || ready.length === 1) {
    const result = await settledThisTurn(pending);
    if (exchange.aborted) return true;
    if (result === null) break;
    if (result.done) {
      if (exchange.body?.tooLongToDiscard === true) link.http.doNotPersist();
      // As in Bun, what there is counts, and not what was declared.
      link.http.respond(opened.head, ready.length === 1 ? ready[0]! : Buffer.concat(ready));
      return true;
    }
    const bytes = asBytes(result.value);
    ready.push(bytes);
    size += bytes.length;
    pending = reader.read();
  }
  if (exchange.body?.tooLongToDiscard === true) link.http.doNotPersist();
  link.http.start(opened.head, opened.length);
  if (exchange.head.method === "HEAD") {
    // GET would have more to say. Nobody wants to wait for that.
    link.http.end();
    exchange.onAbort?.(undefined);
    return true;
  }
  for (const bytes of ready) link.http.write(bytes);
  link.flush();
  const { value, done } = await pending;
  if (exchange.aborted) return true;
  if (done) link.http.end();
  else link.http.write(asBytes(value));
  link.flush();
  return done;
}

/** The promise's value, or null if it takes longer than this turn of the event loop. */
function settledThisTurn<T>(promise: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const immediate = setImmediate(resolve, null);
    promise.then(
      (value) => {
        clearImmediate(immediate);
        resolve(value);
      },
      (error: unknown) => {
        clearImmediate(immediate);
        reject(error);
      },
    );
  });
}
