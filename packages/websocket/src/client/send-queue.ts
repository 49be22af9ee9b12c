/** A message or a control frame's payload. */
export interface Payload<Data> {
  readonly type: "message" | "ping" | "pong";
  readonly data: Data;
  /** The bytes of a Blob as they were counted when it was sent: a file may have others when it is read. */
  readonly counted?: number;
}

/** Our Close frame; nothing is sent behind it. */
export interface Close {
  readonly type: "close";
  readonly code: number | undefined;
  readonly reason: string;
}

/** An item that can be sent at once. */
export type Ready = Payload<string | Uint8Array> | Close;

/** An item of the queue; a Blob must be read first. */
export type Item = Ready | Payload<Blob>;

/** So many sent items are dropped together: a list moves all items when its first one is removed. */
const DROPPED_TOGETHER = 64;

/**
 * Keeps items in order, although a Blob can only be read asynchronously: items behind one wait for it. Without Blobs every item
 * passes at once.
 */
export class SendQueue {
  readonly #send: (item: Ready) => void;
  readonly #fail: (error: unknown) => void;
  /** The waiting items, from the Blob at `#first` on, which is being read; empty if there is none. */
  #waiting: Item[] = [];
  #first = 0;

  /**
   * @param send gets each item when its turn has come
   * @param fail gets the error if a Blob cannot be read; the items behind it are dropped
   */
  constructor(send: (item: Ready) => void, fail: (error: unknown) => void) {
    this.#send = send;
    this.#fail = fail;
  }

  /** Copies bytes that have to wait: their present content is sent. */
  push(item: Item): void {
    if (this.#waiting.length > 0) this.#waiting.push(kept(item));
    else if (isReady(item)) this.#send(item);
    else {
      this.#waiting.push(item);
      this.#read(item);
    }
  }

  /** Drops the waiting items. */
  clear(): void {
    this.#waiting = [];
    this.#first = 0;
  }

  /** Sends the first item, whose bytes are `ready`. (With `shift()`, 200,000 small messages behind a Blob took 12 s.) */
  #sendFirst(item: Item, ready: Ready): void {
    this.#send(ready);
    // The call may have dropped the rest.
    if (this.#waiting[this.#first] !== item) return;
    if (++this.#first === this.#waiting.length) this.clear();
    else if (this.#first >= DROPPED_TOGETHER && this.#first * 2 >= this.#waiting.length) {
      // A queue that is never empty, as in a long upload of Blobs, would keep all items.
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
        this.#sendFirst(item, { ...item, data: new Uint8Array(bytes) });
        this.#drain();
      })
      // It also catches an error of the call: for a control frame from a Blob with more bytes than its size.
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
