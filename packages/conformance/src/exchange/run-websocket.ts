import { Buffer } from "node:buffer";
import type { Connection } from "../target/connection.ts";
import type { Pool } from "../target/pool.ts";
import type { Exchange, Outcome, Response } from "./exchange.ts";
import { FrameReader } from "./frame-reader.ts";
import { ResponseParser } from "./response-parser.ts";
import { type Patience, Waiting } from "./waiting.ts";

const CLOSE = 8;
/** What an extension keeps from message to message is not known to the next exchange. */
const EXTENSIONS = /^sec-websocket-extensions:/im;

/** The responses by which connections that are kept have become WebSockets. */
const responses = new WeakMap<Connection, Response>();

/**
 * Opens a WebSocket by the first piece of the exchange, or takes one that the same bytes have opened, sends the other pieces, and reads
 * frames until the exchange is over: with the awaited frame and as many messages as are due, with a Close frame if a frame is awaited,
 * or with the end of the connection.
 * @param fresh on a connection that had no other exchange
 * @throws ConnectError
 */
export async function runWebSocket(
  pool: Pool,
  exchange: Exchange,
  patience: Patience,
  fresh: boolean,
): Promise<Outcome> {
  const [handshake, ...pieces] = exchange.pieces;
  const key = Buffer.from(handshake!.bytes).toString("latin1");
  const connection = await pool.take(fresh, key);
  const conversation = new Conversation(connection, exchange, patience, responses.get(connection) ?? null);
  try {
    if (!conversation.isOpen) await conversation.open(handshake!.bytes);
    if (conversation.isOpen) {
      await conversation.send(pieces);
      if (exchange.halfClose) connection.halfClose();
      await conversation.over();
    }
    const outcome = conversation.outcome();
    const persists = !fresh && conversation.persists && !EXTENSIONS.test(key);
    if (persists) responses.set(connection, outcome.responses[0]!);
    pool.release(connection, persists, key);
    return outcome;
  } catch (error) {
    pool.release(connection, false);
    throw error;
  } finally {
    conversation.stop();
  }
}

/** One exchange on a connection that is to be a WebSocket. */
class Conversation {
  readonly #connection: Connection;
  readonly #waiting: Waiting;
  readonly #parser = new ResponseParser(["GET"], true);
  readonly #frames = new FrameReader();
  readonly #awaited: Buffer | null;
  readonly #messagesDue: number;
  readonly #received: Buffer[] = [];
  /** What of it is behind the head of the response. */
  readonly #switched: Buffer[] = [];
  /** The response of 101. */
  #response: Response | null;
  #messages = 0;
  #hasAwaited = false;
  #hasClose = false;

  constructor(
    connection: Connection,
    { until, messages = 0 }: Exchange,
    patience: Patience,
    before: Response | null,
  ) {
    this.#connection = connection;
    this.#awaited = typeof until === "object" ? Buffer.from(until.bytes) : null;
    this.#messagesDue = messages;
    this.#response = before;
    this.#waiting = new Waiting(connection, patience);
    connection.onData = (bytes) => {
      this.#received.push(bytes);
      if (this.#response === null) this.#readResponse(bytes);
      else this.#readFrames(bytes);
      this.#waiting.news();
    };
    connection.onEnd = () => {
      if (connection.end === "closed" && this.#response === null) this.#parser.finish();
      this.#waiting.news();
    };
  }

  get isOpen(): boolean {
    return this.#response !== null;
  }

  /** The next exchange can follow: exactly what was due has come. */
  get persists(): boolean {
    return (
      this.#isWhole &&
      !this.#hasClose &&
      this.#frames.unfinished.length === 0 &&
      this.#connection.end === "open"
    );
  }

  get #isWhole(): boolean {
    return this.#hasAwaited && this.#messages >= this.#messagesDue;
  }

  async open(handshake: Uint8Array): Promise<void> {
    this.#connection.write(handshake);
    await this.#waiting.until(() => this.#parser.responses.length > 0 || this.#parser.error !== null);
  }

  async send(pieces: Exchange["pieces"]): Promise<void> {
    for (const [i, { bytes, after }] of pieces.entries()) {
      if (i > 0) {
        const before = this.#received.length;
        if (after === "turn") await new Promise((resolve) => setImmediate(resolve));
        else await this.#waiting.until(() => this.#received.length > before);
      }
      if (this.#connection.end !== "open") return;
      this.#connection.write(bytes);
    }
    this.#waiting.restart();
  }

  over(): Promise<void> {
    return this.#waiting.until(() => this.#awaited !== null && (this.#isWhole || this.#hasClose));
  }

  stop(): void {
    this.#waiting.stop();
  }

  outcome(): Outcome {
    const { unfinished, interim, error } = this.#parser;
    return {
      responses: this.#response === null ? this.#parser.responses : [this.#response],
      unfinished,
      interim,
      error,
      extraBytes: 0,
      received: Buffer.concat(this.#received),
      switched: this.#response === null ? null : Buffer.concat(this.#switched),
      silences: 0,
      end: this.#connection.flooded ? "flooded" : this.#connection.end,
    };
  }

  #readResponse(bytes: Buffer): void {
    this.#parser.push(bytes);
    const { switched } = this.#parser;
    if (switched === null) return;
    this.#response = this.#parser.responses[0]!;
    this.#readFrames(switched);
  }

  #readFrames(bytes: Buffer): void {
    this.#switched.push(bytes);
    for (const { fin, opcode, bytes: whole } of this.#frames.push(bytes)) {
      if (opcode < CLOSE && fin) this.#messages++;
      if (opcode === CLOSE) this.#hasClose = true;
      if (this.#awaited?.equals(whole)) this.#hasAwaited = true;
    }
  }
}
