import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Caller } from "../target/caller.ts";
import type { Connection } from "../target/connection.ts";
import type { Visitors } from "../target/visitors.ts";
import type { Exchange, Outcome } from "./exchange.ts";
import { FrameReader } from "./frame-reader.ts";
import type { Patience } from "./waiting.ts";

/** Stands for the value of Sec-WebSocket-Accept in the bytes of a reply, since the client's key decides it. */
export const ACCEPT = "{accept of the key}";
/** What a request behind the first one gets, on whichever connection it comes. */
export const SECOND = "second";
/** And what it gets on the connection of the first one, although that was to be closed. */
const LATE = "on a connection that was closed";
const plainReply = (content: string) =>
  Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\nConnection: close\r\n\r\n${content}`);
const SAYS_CLOSE = /^connection:.*\bclose\b/im;
/** Ends a WebSocket whose conversation is over: a Close frame with 1000. */
const GOODBYE = Buffer.from([0x88, 2, 3, 232]);
const CLOSE = 8;
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * Makes the client call, and replies with the pieces of the exchange to its first request. It is over when the client has ended; a
 * WebSocket also with the awaited frame, with a Close frame of the client, or with silence.
 * @param caller null for a client that connects by itself
 */
export async function runReply(
  visitors: Visitors,
  exchange: Exchange,
  caller: Caller | null,
  patience: Patience,
): Promise<Outcome> {
  const reply = new Reply(exchange, patience.quiet);
  visitors.onConnection = (connection) => reply.take(connection);
  const scheme = exchange.upgrade === undefined ? "http" : "ws";
  const urls = exchange.methods.map((_, i) => `${scheme}://127.0.0.1:${visitors.port}/${i === 0 ? "" : i}`);
  const stop = new AbortController();
  const calling = caller?.(urls, exchange.methods[0] ?? "GET", stop.signal);
  let hasReturned = false;
  const settled = () => {
    hasReturned = true;
  };
  // The call is looked at below.
  calling?.then(settled, settled);
  const timer = setTimeout(() => reply.finish(), patience.whole);
  try {
    await Promise.race([reply.over, ...(calling === undefined ? [] : [calling])]);
    // The end of a WebSocket may come behind the end of its client.
    if (exchange.upgrade !== undefined) await reply.overWithin(patience.quiet);
    // Before the client is ended: that would look as if it had closed the connection.
    const outcome = { ...reply.outcome(), hasReturned };
    if (calling === undefined) return outcome;
    if (exchange.upgrade !== undefined) {
      visitors.onConnection = null;
      visitors.leave();
    }
    // It is to end by itself now, or it hangs.
    const patient = setTimeout(() => stop.abort(), patience.quiet);
    const call = await calling.finally(() => clearTimeout(patient));
    return { ...outcome, call };
  } finally {
    clearTimeout(timer);
    stop.abort();
    reply.finish();
    visitors.onConnection = null;
    visitors.leave();
  }
}

class Reply {
  readonly #exchange: Exchange;
  readonly #quiet: number;
  readonly #received: Buffer[] = [];
  readonly #frames = new FrameReader();
  readonly over: Promise<void>;
  finish: () => void = () => {};
  /** The connection of the first request. */
  #first: Connection | null = null;
  #switched: Buffer[] | null = null;
  #silence: NodeJS.Timeout | undefined;
  #requests = 0;
  /** Pieces of the reply are still to be sent. */
  #isSending = false;

  constructor(exchange: Exchange, quiet: number) {
    this.#exchange = exchange;
    this.#quiet = quiet;
    this.over = new Promise((resolve) => {
      this.finish = () => {
        clearTimeout(this.#silence);
        resolve();
      };
    });
  }

  take(connection: Connection): void {
    let head = "";
    connection.onData = (bytes) => {
      this.#received.push(bytes);
      if (connection === this.#first && this.#switched !== null) {
        this.#readFrames(bytes);
        return;
      }
      head += bytes.toString("latin1");
      for (let end = head.indexOf("\r\n\r\n"); end !== -1; end = head.indexOf("\r\n\r\n")) {
        const request = head.slice(0, end + 4);
        head = head.slice(end + 4);
        this.#answer(connection, request);
      }
    };
    connection.onEnd = () => {
      // A client may end its side behind its request, and read on; it may also wait for the end of ours.
      if (connection !== this.#first || !this.#isSending) connection.halfClose();
      if (connection === this.#first && this.#switched !== null) this.finish();
    };
  }

  async overWithin(milliseconds: number): Promise<void> {
    const timer = setTimeout(() => this.finish(), milliseconds);
    await this.over.finally(() => clearTimeout(timer));
  }

  outcome(): Outcome {
    return {
      responses: [],
      unfinished: null,
      interim: [],
      error: null,
      extraBytes: 0,
      received: Buffer.concat(this.#received),
      switched: this.#switched === null ? null : Buffer.concat(this.#switched),
      silences: 0,
      end: this.#first?.flooded === true ? "flooded" : (this.#first?.end ?? "open"),
    };
  }

  #answer(connection: Connection, request: string): void {
    if (this.#requests++ > 0) {
      const sent = Buffer.concat(this.#exchange.pieces.map(({ bytes }) => bytes)).toString("latin1");
      const isLate = connection === this.#first && SAYS_CLOSE.test(sent);
      connection.write(plainReply(isLate ? LATE : SECOND));
      connection.halfClose();
      return;
    }
    this.#first = connection;
    if (this.#exchange.upgrade !== undefined) this.#switched = [];
    // A failed write shows as the end of the connection.
    void this.#send(connection, request);
  }

  async #send(connection: Connection, request: string): Promise<void> {
    this.#isSending = true;
    for (const [i, { bytes, after }] of this.#exchange.pieces.entries()) {
      if (i > 0)
        await new Promise((resolve) => (after === "turn" ? setImmediate(resolve) : setTimeout(resolve, 20)));
      connection.write(withAccept(bytes, request));
    }
    this.#isSending = false;
    if (this.#exchange.halfClose || connection.end === "closed") connection.halfClose();
    if (this.#switched !== null) this.#restart();
  }

  /** Silence is the end of a WebSocket's trial. */
  #restart(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.finish(), this.#quiet);
  }

  #readFrames(bytes: Buffer): void {
    this.#switched!.push(bytes);
    this.#restart();
    const { until } = this.#exchange;
    for (const { opcode, bytes: whole } of this.#frames.push(bytes)) {
      const isAwaited = typeof until === "object" && unmasked(whole).equals(until.bytes);
      if (isAwaited) this.#first!.write(GOODBYE);
      if (opcode === CLOSE) this.#first!.halfClose();
      if (isAwaited || opcode === CLOSE) this.finish();
    }
  }
}

function withAccept(bytes: Uint8Array, request: string): Buffer {
  const key = /^sec-websocket-key:[ \t]*(.*?)[ \t]*\r$/im.exec(request)?.[1] ?? "";
  const accept = createHash("sha1").update(`${key}${GUID}`).digest("base64");
  return Buffer.from(Buffer.from(bytes).toString("latin1").replace(ACCEPT, accept), "latin1");
}

/** A short frame of a client as a server would send it. */
function unmasked(frame: Buffer): Buffer {
  const length = frame[1]! & 127;
  if (frame[1]! < 128 || length > 125) return frame;
  const key = frame.subarray(2, 6);
  return Buffer.concat([
    Buffer.of(frame[0]!, length),
    frame.subarray(6).map((byte, i) => byte ^ key[i % 4]!),
  ]);
}
