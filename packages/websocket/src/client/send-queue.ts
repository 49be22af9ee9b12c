/** A message or a control frame's payload. */
export interface Payload<Data> {
  readonly type: "message" | "ping" | "pong";
  readonly data: Data;
}

/** Our Close frame, behind which nothing is sent. */
export interface Close {
  readonly type: "close";
  readonly code: number | undefined;
  readonly reason: string;
}

/** What can be sent at once. */
export type Ready = Payload<string | Uint8Array> | Close;

/** What may be queued: also what must be read first. */
export type Item = Ready | Payload<Blob>;

/** So many items that were sent are dropped together: to remove the front of a list moves the rest. */
const DROPPED_TOGETHER = 64;

/**
 * Keeps what is sent in order although a Blob can only be read asynchronously: what comes behind one waits for it. Without
 * Blobs everything passes at once.
 */
export class SendQueue {
  readonly #send: (item: Ready) => void;
  readonly #fail: (error: unknown) => void;
  /** What waits, from the place `#first` on, where what is being read stands; empty if nothing is. */
  #waiting: Item[] = [];
  #first = 0;

  /**
   * @param send is given each item when its turn has come
   * @param fail is told why a Blob could not be read; what was behind it is dropped
   */
  constructor(send: (item: Ready) => void, fail: (error: unknown) => void) {
    this.#send = send;
    this.#fail = fail;
  }

  /** Bytes that have to wait are copied: what is sent is what they are now. */
  push(item: Item): void {
    if (this.#waiting.length > 0) this.#waiting.push(kept(item));
    else if (isReady(item)) this.#send(item);
    else {
      this.#waiting.push(item);
      this.#read(item);
    }
  }

  /** Drops what waits. */
  clear(): void {
    this.#waiting = [];
    this.#first = 0;
  }

  /** Sends the first, whose bytes are `ready`. (By `shift()`, 200,000 small messages behind a Blob took 12 s.) */
  #sendFirst(item: Item, ready: Ready): void {
    this.#send(ready);
    // Whatever hears of it may have dropped the rest.
    if (this.#waiting[this.#first] !== item) return;
    if (++this.#first === this.#waiting.length) this.clear();
    else if (this.#first >= DROPPED_TOGETHER && this.#first * 2 >= this.#waiting.length) {
      // A queue that is never empty, as of a long upload by Blobs, would keep them all.
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
  }

  #read(item: Payload<Blob>): void {
    let isRead = false;
    item.data
      .arrayBuffer()
      .then((bytes) => {
        if (this.#waiting[this.#first] !== item) return;
        isRead = true;
        this.#sendFirst(item, { type: item.type, data: new Uint8Array(bytes) });
        this.#drain();
      })
      // Also of what could not be sent: a control frame from a Blob with more bytes than its size says.
      .catch((error: unknown) => {
        if (!isRead && this.#waiting[this.#first] !== item) return;
        this.clear();
        this.#fail(error);
      });
  }

  #drain(): void {
    for (let item = this.#waiting[this.#first]; item !== undefined; item = this.#waiting[this.#first]) {
      if (!isReady(item)) {
        this.#read(item);
        return;
      }
      this.#sendFirst(item, item);
    }
  }
}

function isReady(item: Item): item is Ready {
  return item.type === "close" || !(item.data instanceof Blob);
}

function kept(item: Item): Item {
  return item.type !== "close" && item.data instanceof Uint8Array
    ? { type: item.type, data: item.data.slice() }
    : item;
}
