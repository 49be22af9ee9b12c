import { nextTick } from "node:process";
import { COPIED_BYTES, INLINE_BYTES } from "../socket/write-queue.ts";
import type { JoinedChunks } from "./joined-chunks.ts";
import { HIGH_WATER_BYTES } from "./read-ahead.ts";
import type { TimedConnection } from "./timed-connection.ts";

/**
 * Writes the small chunks of a response that are ready together as one: 100 chunks of 1 KiB take two system calls and not 100, and
 * two chunks of the chunked coding.
 */
export class ChunkWriter {
  readonly #connection: TimedConnection;
  readonly #joined: JoinedChunks;
  #scheduled = false;
  readonly #flush = (): void => {
    this.#scheduled = false;
    // Else the response is over, and its end has been written.
    if (this.#connection.http.responseState === "body") this.write();
  };

  /** @param joined the first chunks */
  constructor(connection: TimedConnection, joined: JoinedChunks) {
    this.#connection = connection;
    this.#joined = joined;
  }

  /** Joins a small chunk with what else is ready. A text goes ahead: an event stream mostly gives one in a turn. */
  join(chunk: Uint8Array): void {
    if (!this.#scheduled && chunk.length <= INLINE_BYTES) this.#connection.http.write(chunk);
    else this.#joined.add(chunk);
    if (this.#joined.size < HIGH_WATER_BYTES) this.writeSoon();
    else this.write();
  }

  /** Sends a chunk by itself. A large one is written at once, from its own memory. */
  add(chunk: Uint8Array): void {
    const { http } = this.#connection;
    for (const small of this.#joined.take()) http.write(small);
    http.write(chunk);
    if (chunk.length <= COPIED_BYTES) this.writeSoon();
    else this.#connection.flush();
  }

  /** Writes once nothing more is ready: behind the promises of this turn. */
  writeSoon(): void {
    if (!this.#scheduled) nextTick(this.#flush);
    this.#scheduled = true;
  }

  write(): void {
    if (this.#joined.size > 0) this.#leave(false);
    else this.#connection.flush();
  }

  /** Writes the end of the response, too. */
  end(): void {
    this.#leave(true);
  }

  #leave(isLast: boolean): void {
    const { http, transport } = this.#connection;
    this.#joined.lend((chunks) => {
      for (const chunk of chunks) http.write(chunk);
      if (isLast) http.end();
      this.#connection.flush();
      return transport.buffered === 0;
    });
  }
}
