import { Buffer } from "node:buffer";
import type { Connection } from "../target/connection.ts";
import type { Pool } from "../target/pool.ts";
import type { Exchange, Outcome } from "./exchange.ts";
import { ResponseParser } from "./response-parser.ts";
import { type Patience, Waiting } from "./waiting.ts";

export type { Patience } from "./waiting.ts";

/**
 * Sends an exchange over a connection and reads what comes, until it is over.
 * @param fresh on a connection that had no other exchange
 * @throws ConnectError
 */
export async function runExchange(
  pool: Pool,
  exchange: Exchange,
  patience: Patience,
  fresh: boolean,
): Promise<Outcome> {
  const connection = await pool.take(fresh);
  const reader = new OutcomeReader(connection, exchange, patience);
  try {
    await send(connection, exchange, reader);
    await reader.over();
    const outcome = reader.outcome();
    pool.release(connection, !fresh && persists(exchange, outcome));
    return outcome;
  } catch (error) {
    pool.release(connection, false);
    throw error;
  } finally {
    reader.stop();
  }
}

/** Only after exactly the responses that were due another exchange may follow. */
function persists({ until, halfClose }: Exchange, outcome: Outcome): boolean {
  return (
    outcome.end === "open" &&
    !halfClose &&
    outcome.error === null &&
    outcome.switched === null &&
    outcome.unfinished === null &&
    outcome.responses.length === until &&
    outcome.responses.every(({ keepAlive }) => keepAlive)
  );
}

async function send(
  connection: Connection,
  { pieces, halfClose }: Exchange,
  reader: OutcomeReader,
): Promise<void> {
  for (const [i, { bytes, after }] of pieces.entries()) {
    if (i > 0) {
      if (after === "response") await reader.response();
      else if (after === "bytes") await reader.bytes();
      else await new Promise((resolve) => setImmediate(resolve));
    }
    if (connection.end !== "open") return;
    connection.write(bytes);
  }
  if (halfClose) connection.halfClose();
}

class OutcomeReader {
  readonly #connection: Connection;
  readonly #until: Exchange["until"];
  readonly #parser: ResponseParser;
  readonly #waiting: Waiting;
  #silences = 0;

  constructor(connection: Connection, exchange: Exchange, patience: Patience) {
    this.#connection = connection;
    this.#until = exchange.until;
    this.#parser = new ResponseParser(exchange.methods, exchange.upgrade !== undefined);
    this.#waiting = new Waiting(connection, patience);
    connection.onData = (bytes) => {
      this.#parser.push(bytes);
      this.#waiting.news();
    };
    connection.onEnd = () => {
      if (connection.end === "closed") this.#parser.finish();
      this.#waiting.news();
    };
  }

  /** Waits for a response, interim or final, or the end, or silence. */
  response(): Promise<void> {
    const { responses } = this.#parser;
    const before = responses.length + this.#parser.interim.length;
    return this.#beforePiece(() => responses.length + this.#parser.interim.length > before);
  }

  /** Waits for bytes, or the end, or silence. */
  bytes(): Promise<void> {
    const before = this.#parser.receivedBytes;
    return this.#beforePiece(() => this.#parser.receivedBytes > before);
  }

  async #beforePiece(condition: () => boolean): Promise<void> {
    await this.#waiting.until(condition);
    // Silence before a piece is no reason to take the exchange for over.
    if (this.#waiting.isQuiet) this.#silences++;
    this.#waiting.restart();
  }

  async over(): Promise<void> {
    const until = this.#until;
    const parser = this.#parser;
    if (until === "closed") await this.#waiting.until(() => false);
    else if (typeof until === "number") await this.#waiting.until(() => parser.responses.length >= until);
    else
      await this.#waiting.until(() =>
        (parser.switched ?? parser.received).includes(Buffer.from(until.bytes)),
      );
  }

  stop(): void {
    this.#waiting.stop();
  }

  outcome(): Outcome {
    const { responses, unfinished, interim, error, extraBytes, received, switched } = this.#parser;
    const end = this.#connection.flooded ? "flooded" : this.#connection.end;
    const silences = this.#silences;
    return { responses, unfinished, interim, error, extraBytes, received, switched, silences, end };
  }
}
