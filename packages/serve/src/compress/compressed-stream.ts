import type { Transform } from "node:stream";
import { nextTurn, READS_A_TURN } from "../fetch/streams.ts";

/** Gives the pieces of a body, one at a time. */
export interface PieceSource {
  /** The next piece, which stays as it is until the next call; null at the end. */
  read(): Promise<Uint8Array | null>;
  /** Called once, if it is not read to its end, or has failed. Never throws. */
  cancel(reason: unknown): void;
  /** Called once, at its end. */
  close?(): void;
}

/**
 * A stream of a body's compressed bytes. It reads a piece only when it is read itself, so that a slow client makes the source wait; what a piece
 * brings out is there before the next one is read. A cancel frees zlib's memory.
 * @param transform of `node:zlib`
 */
export function compressedStream(source: PieceSource, transform: Transform): ReadableStream<Uint8Array> {
  const compressor = new Compressor(transform);
  let over = false;
  const stop = (reason: unknown): void => {
    compressor.destroy();
    if (!over) source.cancel(reason);
    over = true;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller): Promise<void> {
        try {
          for (let reads = 1; ; reads++) {
            // The promises of empty pieces alone would keep the event loop.
            if (reads % READS_A_TURN === 0) await nextTurn();
            const piece = await source.read();
            if (over) return;
            if (piece !== null && piece.length === 0) continue;
            const output = piece === null ? await compressor.end() : await compressor.write(piece);
            if (over) return;
            for (const bytes of output) controller.enqueue(bytes);
            if (piece === null) {
              over = true;
              source.close?.();
              controller.close();
              return;
            }
            if (output.length > 0) return;
          }
        } catch (error) {
          stop(error);
          throw error;
        }
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  );
}

/** A stream of `node:zlib`, one piece at a time. After `destroy` nothing that waits is settled any more. */
class Compressor {
  readonly #transform: Transform;
  #output: Uint8Array[] = [];
  #reject: (error: Error) => void = () => {};

  constructor(transform: Transform) {
    this.#transform = transform;
    transform.on("readable", () => this.#drain());
    // The callback of a write that zlib is at work on is not called then.
    transform.on("error", (error) => this.#reject(error));
  }

  /** The bytes that come out for a piece; none if zlib keeps them for the next ones. */
  write(piece: Uint8Array): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#transform.write(piece, (error) => {
        if (error != null) reject(error);
        else resolve(this.#take());
      });
    });
  }

  /** The last bytes. */
  end(): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#transform.once("end", () => {
        resolve(this.#take());
        this.#transform.destroy();
      });
      this.#transform.end();
    });
  }

  destroy(): void {
    this.#transform.destroy();
  }

  #take(): readonly Uint8Array[] {
    this.#drain();
    const output = this.#output;
    this.#output = [];
    return output;
  }

  #drain(): void {
    for (;;) {
      const bytes = this.#transform.read() as Uint8Array | null;
      if (bytes === null) return;
      this.#output.push(bytes);
    }
  }
}
