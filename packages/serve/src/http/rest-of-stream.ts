import { asBytes } from "../fetch/streams.ts";
import { joinChunks, type ReadAhead, type Reader } from "./read-ahead.ts";

/** The bytes of a stream of which some has been read ahead: first those, in one piece, since they were ready together. */
export class RestOfStream {
  readonly #reader: Reader;
  readonly #declared: number | undefined;
  /** What has been read ahead, until it is taken. */
  #ready: Uint8Array | null;
  /** The read that was under way, until it is awaited. */
  #pending: ReadAhead["reading"];
  #size = 0;

  /** @param declared the body's length, if the response says so: a body of another one fails, as a connection would break off */
  constructor(reader: Reader, { ready, reading }: ReadAhead, declared: number | undefined) {
    this.#reader = reader;
    this.#declared = declared;
    this.#ready = ready.size === 0 ? null : joinChunks(ready.take());
    this.#pending = reading;
    // It is awaited when what was ready has been taken. Its rejection must not end the process until then.
    reading?.catch(() => {});
  }

  /**
   * @returns the next bytes, which may be none; null at the end
   * @throws the stream's error (rejects); TypeError for a chunk that cannot be sent, or a body of another length than declared
   */
  async read(): Promise<Uint8Array | null> {
    const bytes = await this.#next();
    this.#size += bytes?.length ?? 0;
    const [size, declared] = [this.#size, this.#declared];
    if (declared !== undefined && (size > declared || (bytes === null && size < declared)))
      throw new TypeError(
        `The response declares ${declared} bytes, and its body has ${bytes === null ? size : "more"}`,
      );
    return bytes;
  }

  async #next(): Promise<Uint8Array | null> {
    const ready = this.#ready;
    this.#ready = null;
    if (ready !== null) return ready;
    const { value, done } = await (this.#pending ?? this.#reader.read());
    this.#pending = null;
    return done ? null : asBytes(value);
  }
}
