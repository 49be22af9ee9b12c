import type { Buffer } from "node:buffer";
import type { BodyProducer } from "../fetch/body.ts";
import { type BodyCollector, BytesCollector, TextCollector } from "../fetch/bytes.ts";
import { BodyQueue } from "./body-queue.ts";
import { DISCARD_BYTES, UNREAD_BODY_BYTES } from "./limits.ts";

/** What gives a body its bytes. */
export interface BodySource {
  /** Called when a handler reads the body. */
  readonly wanted: () => void;
  /** There is room in the body again. */
  resume(body: IncomingBody): void;
}

/** The body of a request while it arrives: a queue between the connection and its reader. */
export class IncomingBody implements BodyProducer {
  /** The declared length; undefined for a chunked body. */
  readonly size: number | undefined;
  readonly #source: BodySource;
  readonly #unread: BodyQueue = new BodyQueue();
  #state: "open" | "ended" | "failed" | "discarded" = "open";
  #error: unknown = null;
  /** Takes every piece at once; null if the body is read as a stream, or not at all. */
  #collector: BodyCollector<unknown> | null = null;
  /** These settle the promise of the collected body. */
  #resolve: (whole: unknown) => void = ignore;
  #reject: (error: unknown) => void = ignore;
  /** A reader has begun. */
  #claimed = false;
  /** Unread bytes beyond this pause the client. */
  #room = UNREAD_BODY_BYTES;
  #wake: (() => void) | null = null;

  constructor(size: number | undefined, source: BodySource) {
    this.size = size;
    this.#source = source;
  }

  /**
   * Takes a piece of borrowed memory: it is copied, into memory that the reader may keep, change or transfer.
   * @returns false if the connection should pause until the source's `resume`
   */
  push(bytes: Buffer): boolean {
    if (this.#state !== "open") return true;
    if (this.#collector !== null) {
      this.#collector.push(bytes);
      // A pause would not save memory.
      return true;
    }
    this.#unread.push(bytes);
    this.#notify();
    return !this.isFull;
  }

  /** Whether the body waits for its reader, and not for the client. */
  get isFull(): boolean {
    return this.#state === "open" && this.#unread.size >= this.#room;
  }

  /** Whether a reader has begun, and more is to come. */
  get isRead(): boolean {
    return this.#claimed && this.#state === "open";
  }

  /** The memory of the next bytes; null if no reader collects a body of a known length. */
  nextMemory(): Uint8Array | null {
    return this.#state === "open" && this.#collector !== null ? this.#collector.nextMemory() : null;
  }

  /** The number of bytes that wait for a reader. */
  get unreadBytes(): number {
    return this.#unread.size;
  }

  end(): void {
    if (this.#state === "open") this.#state = "ended";
    if (this.#collector !== null) this.#giveCollected(this.#collector);
    // Behind the response nothing else may ever make room, and the client's next request has to be read.
    if (this.#room === DISCARD_BYTES) this.#source.resume(this);
    this.#notify();
  }

  #giveCollected(collector: BodyCollector<unknown>): void {
    const resolve = this.#resolve;
    const reject = this.#reject;
    this.#letGo();
    try {
      resolve(collector.take());
    } catch (error) {
      // A body may be longer than any string.
      reject(error);
    }
  }

  /**
   * Forgets the promise and what was collected. Kept, they survived each collection of the young generation, which grew: 64
   * connections that send 1 KiB of JSON took 150 MB at the peak in place of 94 (Node.js 26).
   */
  #letGo(): void {
    this.#collector = null;
    this.#resolve = ignore;
    this.#reject = ignore;
  }

  /**
   * The rest will not arrive. Readers get the error behind the bytes that are here.
   * @param makeError is called for a body that is not whole: an error has a stack, which costs more than most requests
   */
  fail(makeError: () => unknown): void {
    if (this.#state !== "open") return;
    this.#state = "failed";
    this.#error = makeError();
    this.#reject(this.#error);
    this.#letGo();
    this.#notify();
  }

  /** A response that is given now leaves so much unread that the connection is not worth the wait. */
  get tooLongToDiscard(): boolean {
    const unwanted = this.#state === "discarded" || (this.#state === "open" && !this.#claimed);
    return unwanted && this.size !== undefined && this.size > DISCARD_BYTES;
  }

  /**
   * The response has been given, or is a file that is on its way. A reader that has begun may read on; else the rest will not be kept,
   * and a reader that begins now gets an error.
   *
   * A reader may also have stopped without a word, at a first piece that it did not like. The client's next request waits behind
   * the rest, so as much of that is kept as would be thrown away of a body without a reader.
   * @returns false if the body is still wanted
   */
  abandon(): boolean {
    if (this.#state === "open") {
      if (this.#claimed) {
        this.#room = DISCARD_BYTES;
        return false;
      }
      this.fail(respondedError);
    }
    this.#source.resume(this);
    return true;
  }

  #discard(): void {
    // A collector has taken the body over from the stream.
    if (this.#collector !== null) return;
    if (this.#state === "open") this.#state = "discarded";
    this.#unread.clear();
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#collect(new BytesCollector(this.size));
  }

  text(): Promise<string> {
    return this.#collect(new TextCollector(this.size));
  }

  #collect<T>(collector: BodyCollector<T>): Promise<T> {
    const whole = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve as (whole: unknown) => void;
      this.#reject = reject;
    });
    this.#collector = collector;
    this.#claimed = true;
    for (let bytes = this.#unread.shift(); bytes !== undefined; bytes = this.#unread.shift())
      collector.push(bytes);
    if (this.#state === "ended") this.#giveCollected(collector);
    else if (this.#state === "failed") {
      this.#reject(this.#error);
      this.#letGo();
    }
    this.#askFor();
    this.#source.resume(this);
    return whole;
  }

  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => this.#pull(controller),
        cancel: () => {
          this.#discard();
          this.#source.resume(this);
        },
      },
      { highWaterMark: 0 },
    );
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#claimed = true;
    this.#askFor();
    while (this.#unread.empty && this.#state === "open") await this.#changed();
    const bytes = this.#unread.shift();
    if (bytes !== undefined) {
      controller.enqueue(bytes);
      if (!this.isFull) this.#source.resume(this);
    } else if (this.#state === "failed") {
      controller.error(this.#error);
    } else {
      controller.close();
    }
  }

  /** Once a body is whole, the client that waits for 100 Continue is that of a later request. */
  #askFor(): void {
    if (this.#state === "open") this.#source.wanted();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

function respondedError(): DOMException {
  return new DOMException("The response was sent before the request's body was read", "AbortError");
}

function ignore(): void {}
