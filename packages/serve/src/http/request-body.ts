import type { Buffer } from "node:buffer";
import type { BodyProducer } from "../fetch/body.ts";
import { type BodyCollector, BytesCollector, TextCollector } from "../fetch/bytes.ts";
import { ContentQueue } from "./content-queue.ts";
import { DISCARD_BYTES, UNREAD_CONTENT_BYTES } from "./limits.ts";

/** What a request's content needs of its connection. */
export interface BodyHost {
  /** Someone wants the content: a client that waits for 100 Continue can be told. */
  contentWanted(): void;
  /** There is room again: go on reading. */
  contentTaken(): void;
}

/** The content of a request while it comes in: a queue between the connection and its reader. */
export class IncomingBody implements BodyProducer {
  /** The declared length; undefined for a chunked body. */
  readonly size: number | undefined;
  readonly #host: BodyHost;
  readonly #unread: ContentQueue = new ContentQueue();
  #state: "open" | "ended" | "failed" | "discarded" = "open";
  #error: unknown = null;
  /** Takes everything at once; null if the content is read as a stream, or not at all. */
  #collector: BodyCollector<unknown> | null = null;
  #collected: () => void = ignore;
  #lost: (error: unknown) => void = ignore;
  /** Someone has begun to read it. */
  #claimed = false;
  #wake: (() => void) | null = null;

  constructor(size: number | undefined, host: BodyHost) {
    this.size = size;
    this.#host = host;
  }

  /**
   * Takes a piece of borrowed memory: it is copied, into memory that the reader may keep, change or transfer.
   * @returns false if the connection should pause until `contentTaken`
   */
  push(bytes: Buffer): boolean {
    if (this.#state !== "open") return true;
    if (this.#collector !== null) {
      this.#collector.push(bytes);
      // Nothing is gained by pausing.
      return true;
    }
    this.#unread.push(bytes);
    this.#notify();
    return this.#unread.size < UNREAD_CONTENT_BYTES;
  }

  /** Bytes that wait for a reader. */
  get unreadBytes(): number {
    return this.#unread.size;
  }

  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#collected();
    this.#notify();
  }

  /** What has not come will not come: readers are told why, also after what is already here. */
  fail(error: unknown): void {
    if (this.#state !== "open") return;
    this.#state = "failed";
    this.#error = error;
    this.#lost(error);
    this.#notify();
  }

  /** An answer that is given now leaves so much unread that the connection is not worth waiting for it. */
  get tooLongToDiscard(): boolean {
    const unwanted = this.#state === "discarded" || (this.#state === "open" && !this.#claimed);
    return unwanted && this.size !== undefined && this.size > DISCARD_BYTES;
  }

  /**
   * The response has been given, or is a file that is on its way. A reader that has begun may read on; else what has not come will not
   * be kept, and a reader that begins now is told so.
   * @returns false if it is still wanted
   */
  abandon(): boolean {
    if (this.#state === "open") {
      if (this.#claimed) return false;
      this.fail(new DOMException("The request was answered before its content was read", "AbortError"));
    }
    this.#host.contentTaken();
    return true;
  }

  #discard(): void {
    // A collector has taken over: it is not the stream's any more.
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
      this.#lost = reject;
      this.#collected = () => {
        try {
          resolve(collector.take());
        } catch (error) {
          // No text can be as long as content may be.
          reject(error);
        }
      };
    });
    this.#collector = collector;
    this.#claimed = true;
    for (let bytes = this.#unread.shift(); bytes !== undefined; bytes = this.#unread.shift())
      collector.push(bytes);
    if (this.#state === "ended") this.#collected();
    else if (this.#state === "failed") this.#lost(this.#error);
    this.#host.contentWanted();
    this.#host.contentTaken();
    return whole;
  }

  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => this.#pull(controller),
        cancel: () => {
          this.#discard();
          this.#host.contentTaken();
        },
      },
      { highWaterMark: 0 },
    );
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#claimed = true;
    this.#host.contentWanted();
    while (this.#unread.empty && this.#state === "open") await this.#changed();
    const bytes = this.#unread.shift();
    if (bytes !== undefined) {
      controller.enqueue(bytes);
      if (this.#unread.size < UNREAD_CONTENT_BYTES) this.#host.contentTaken();
    } else if (this.#state === "failed") {
      controller.error(this.#error);
    } else {
      controller.close();
    }
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

function ignore(): void {}
