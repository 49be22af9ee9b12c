import type { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { batches } from "../batches.ts";
import type { Connection, ConnectionEvents } from "../connection.ts";
import { LEAVE_MS, LOCAL_HELLO_MS, LOCAL_MESSAGE_BYTES } from "../limits.ts";
import { withTime } from "../with-time.ts";
import { ClientHistory } from "./client-history.ts";
import { FrameSocket } from "./frame-socket.ts";
import {
  decodeChannels,
  decodeHello,
  decodePublished,
  ECHOED,
  encodeChannels,
  encodeHello,
  encodeMessageHead,
  MESSAGE,
  messageChannel,
  messageStart,
  PUBLISHED,
  SUBSCRIBE,
  SUBSCRIBED,
  UNSUBSCRIBE,
  VERSION,
} from "./wire.ts";

/** A client of the hub. */
export class ClientConnection implements Connection {
  readonly maxFrameBytes: number = LOCAL_MESSAGE_BYTES;
  readonly history: ClientHistory;
  readonly #path: string;
  readonly #link: FrameSocket;
  readonly #events: ConnectionEvents;
  /** Gets the hub's greeting, or why there is none; null once that is known. */
  #greeted: ((outcome: Error | "greeted" | "silent") => void) | null = null;
  #hasLeft = false;

  /**
   * Connects, and waits for the hub's greeting.
   * @returns null if there is no hub: nothing listens there, or it says nothing
   * @throws Error if the hub is of another version, or may not be connected to (rejects)
   */
  static async open(path: string, events: ConnectionEvents): Promise<ClientConnection | null> {
    const socket = await connectTo(path);
    if (socket === null) return null;
    const connection = new ClientConnection(path, socket, events);
    return (await connection.#greet()) ? connection : null;
  }

  private constructor(path: string, socket: Socket, events: ConnectionEvents) {
    this.#path = path;
    this.#events = events;
    this.#link = new FrameSocket(socket, {
      frame: (frame) => this.#receive(frame),
      closed: (error) => this.#closed(error),
    });
    this.history = new ClientHistory(this.#link, events.history);
  }

  subscribe(channels: readonly string[]): void {
    for (const batch of batches(channels)) this.#link.send(encodeChannels(SUBSCRIBE, batch));
  }

  unsubscribe(channels: readonly string[]): void {
    for (const batch of batches(channels)) this.#link.send(encodeChannels(UNSUBSCRIBE, batch));
  }

  publish(channel: string, frame: Uint8Array, comesBack: boolean): void {
    this.#link.send(encodeMessageHead(comesBack ? ECHOED : MESSAGE, channel, frame.length));
    this.#link.send(frame);
  }

  flush(): void {
    this.#link.flush();
  }

  async leave(): Promise<void> {
    this.#hasLeft = true;
    this.#link.flush();
    await withTime(this.history.settled(), LEAVE_MS, "no answer").catch(() => {});
    await this.#link.end();
  }

  async #greet(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const outcome = await new Promise<Error | "greeted" | "silent">((resolve) => {
      this.#greeted = resolve;
      timer = setTimeout(() => resolve("silent"), LOCAL_HELLO_MS).unref();
      this.#link.send(encodeHello());
      this.#link.flush();
    });
    clearTimeout(timer);
    this.#greeted = null;
    if (outcome === "greeted") return true;
    this.#hasLeft = true;
    const error = outcome === "silent" ? new Error("silent") : outcome;
    // What is no hub may hold the connection open, and each attempt would leave one there.
    this.#link.destroy(error);
    if (outcome !== "silent") throw error;
    return false;
  }

  #receive(frame: Buffer): void {
    if (this.#hasLeft) {
      this.history.receiveAnswer(frame);
      return;
    }
    const greeted = this.#greeted;
    if (greeted !== null) {
      // At once, and not when its promise is awaited: more may stand behind it in the same packet.
      this.#greeted = null;
      const version = decodeHello(frame);
      greeted(version === VERSION ? "greeted" : otherVersion(version, this.#path));
      return;
    }
    const kind = frame[4];
    const isKnown =
      kind === MESSAGE || kind === ECHOED
        ? this.#receiveMessage(frame)
        : kind === PUBLISHED
          ? this.#receivePublished(frame)
          : kind === SUBSCRIBED
            ? this.#receiveSubscribed(frame)
            : this.history.receive(frame);
    if (!isKnown) this.#link.destroy(new Error("it sent bytes that are none of ours"));
  }

  #receiveMessage(frame: Buffer): boolean {
    const start = messageStart(frame);
    if (start === null) return false;
    this.#events.message(messageChannel(frame, start), frame.subarray(start));
    return true;
  }

  #receivePublished(frame: Buffer): boolean {
    const count = decodePublished(frame);
    if (count === null) return false;
    this.#events.published(count);
    return true;
  }

  #receiveSubscribed(frame: Buffer): boolean {
    const channels = decodeChannels(frame);
    if (channels === null) return false;
    this.#events.subscribed(channels);
    return true;
  }

  #closed(cause: Error): void {
    this.history.end();
    const error = new Error(`the connection to the hub at ${this.#path} is broken: ${cause.message}`, {
      cause,
    });
    if (this.#greeted !== null) this.#greeted(error);
    else if (!this.#hasLeft) this.#events.lost(error);
  }
}

function otherVersion(version: number | null, path: string): Error {
  return new Error(
    version === null
      ? `what listens at ${path} is no hub of ours: give local() another path`
      : `the hub at ${path} speaks version ${version} of its protocol, and this process version ${VERSION}: run one version of @mantou/backplane`,
  );
}

/** Connected, or null if nothing listens there. */
function connectTo(path: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    // A stopped hub accepts nothing, but the system still takes some connections for it.
    const timer = setTimeout(() => socket.destroy(), LOCAL_HELLO_MS).unref();
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (!NOT_THERE.has(error.code)) reject(error);
    });
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(null);
    });
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.removeAllListeners();
      resolve(socket);
    });
  });
}

/** EAGAIN: the queue of a hub that accepts nothing is full. */
const NOT_THERE: ReadonlySet<string | undefined> = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "EAGAIN",
  "ECONNRESET",
]);
