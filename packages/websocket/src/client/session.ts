import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { type CloseStatus, NO_STATUS } from "../close.ts";
import type { Connection } from "../connection.ts";
import type { Event } from "../events.ts";
import type { Address } from "./address.ts";
import { type Clock, Deadline, systemClock } from "./clock.ts";
import { ClientError } from "./errors.ts";
import { LINGER, WAITING_PINGS } from "./limits.ts";
import { openSocket } from "./open-socket.ts";
import { type Opened, Opening, openConnection } from "./opening.ts";
import type { Settings } from "./options.ts";
import { DECODING, PAUSED, PONGS_UNREAD, ReadGate } from "./read-gate.ts";
import { Sender } from "./sender.ts";
import type { SessionListener } from "./session-listener.ts";

/** RFC 6455 §7.1.5: there was no Close frame. */
const ABNORMAL = 1006;
/** IANA's registry of close codes: either side cannot go on. */
const INTERNAL_ERROR = 1011;

/** One connection from its request to its end: carries bytes to the protocols, events to the listener, and owns the deadlines. */
export class Session {
  /** What is sent goes here; what is sent before the listener's `opened` is not. */
  readonly sender: Sender;
  readonly #settings: Settings;
  readonly #listener: SessionListener;
  readonly #deadline: Deadline;
  readonly #opening: Opening;
  readonly #socket: Socket;
  readonly #gate: ReadGate;
  /** Null until the server has agreed. */
  #connection: Connection | null = null;
  /** What the server's Close frame says. */
  #status: CloseStatus = { code: NO_STATUS, reason: "" };
  #failure: Error | null = null;
  /** The end that comes was wanted here, and is no failure. */
  #wanted = false;
  /** Nothing more is read: what comes is dropped. */
  #deaf = false;
  /** The server will send no more. */
  #ended = false;
  #paused = false;
  /** Pings that came while pongs waited to be taken. */
  #waitingPings = 0;

  /** @throws TypeError for headers that make no request, and what `tls.connect` throws for its options */
  constructor(address: Address, settings: Settings, listener: SessionListener, clock: Clock = systemClock) {
    this.#settings = settings;
    this.#listener = listener;
    this.#deadline = new Deadline(clock);
    this.#opening = new Opening(address, settings);
    this.#socket = openSocket(address, settings.tls);
    this.#gate = new ReadGate(this.#socket);
    this.sender = new Sender(this.#socket, (error) =>
      this.#breakOff(new ClientError("BLOB_UNREADABLE", undefined, error)),
    );
    this.#socket.on("data", (bytes: Buffer) => this.#received(bytes));
    this.#socket.on("end", () => {
      this.#ended = true;
      if (this.#connection === null) this.#fail(this.#opening.receiveEnd());
      else this.#pump();
    });
    // 'close' follows.
    this.#socket.on("error", (error) => {
      this.#failure ??= error;
    });
    this.#socket.on("close", () => this.#closed());
    this.#socket.write(this.#opening.request, "latin1");
    this.#deadline.set(settings.handshakeTimeout, () => this.#fail(new ClientError("HANDSHAKE_TIMEOUT")));
  }

  get paused(): boolean {
    return this.#paused && !this.#deaf;
  }

  /** Begins the closing handshake behind what was sent, or breaks off the opening one. */
  close(code: number | undefined, reason: string): void {
    if (this.#connection === null) {
      this.#fail(new ClientError("CLOSED_EARLY"));
    } else if (!this.#deaf && !this.sender.closing) {
      this.sender.close(code, reason);
      this.resume();
      this.#awaitEnd();
    }
  }

  /** Ends the connection at once, without a closing handshake. */
  terminate(): void {
    if (this.#socket.destroyed) return;
    if (this.#connection === null) {
      this.#fail(new ClientError("CLOSED_EARLY"));
    } else {
      this.sender.flush();
      this.#wanted = true;
      this.#destroy();
    }
  }

  /** Reads no more until `resume`. False if nothing is to be read any more. */
  pause(): boolean {
    if (this.#deaf || this.sender.closing || this.#connection?.state === "CLOSED") return false;
    this.#paused = true;
    // The answer to the handshake is still read.
    if (this.#connection !== null) this.#gate.set(PAUSED, true);
    return true;
  }

  /** False if nothing is to be read any more. */
  resume(): boolean {
    if (this.#deaf) return false;
    if (this.#paused) {
      this.#paused = false;
      // Not at once: messages must not arrive within a call of the application's.
      if (this.#connection !== null) process.nextTick(() => this.#continue());
    }
    return true;
  }

  #received(bytes: Buffer): void {
    if (this.#deaf) return;
    let frames: Buffer | null = bytes;
    if (this.#connection === null) {
      frames = this.#answered(this.#opening.receive(bytes));
      if (frames === null) return;
    }
    this.#connection!.receive(frames);
    this.#pump();
  }

  /** @returns the first frames, or null if there is no open connection */
  #answered(opened: Opened | ClientError | null): Buffer | null {
    if (opened === null) return null;
    if (opened instanceof ClientError) {
      this.#fail(opened);
      return null;
    }
    this.#deadline.clear();
    this.#connection = openConnection(opened, this.#settings, this.sender.outbox, () => this.#continue());
    this.sender.open(this.#connection);
    this.#gate.set(PAUSED, this.#paused);
    this.#listener.opened(opened.protocol, opened.extensions);
    return opened.remaining;
  }

  /** After a pause, or when a big message has come out of the thread pool. */
  #continue(): void {
    this.#pump();
    this.#gate.set(PAUSED, this.#paused);
  }

  /** Tells the listener what has been read, until it wants no more: then the rest stays where it is, and the socket is paused. */
  #pump(): void {
    const connection = this.#connection!;
    while (!this.#paused && !this.#deaf) {
      const event = connection.next();
      if (event === null) break;
      this.#handle(event);
    }
    this.#gate.set(DECODING, connection.decoding);
    // Pongs and Close frames that the machine wrote by itself, and what was sent in answer to messages.
    this.sender.flush();
    if (this.#waitingPings > WAITING_PINGS) {
      this.#waitingPings = 0;
      this.#gate.set(PONGS_UNREAD, true);
      this.sender.outbox.whenDrained(() => this.#gate.set(PONGS_UNREAD, false));
    }
    // A paused socket tells of its end too, if all has been read from it: what was sent before must be heard first.
    if (this.#ended && !this.#paused && !connection.decoding) this.#finish(connection);
  }

  #handle(event: Event): void {
    switch (event.type) {
      case "text":
        this.#listener.message(event.text);
        break;
      case "binary":
        this.#listener.message(event.bytes);
        break;
      case "ping":
        this.#waitingPings = this.sender.outbox.congested ? this.#waitingPings + 1 : 0;
        this.#listener.control("ping", event.bytes);
        break;
      case "pong":
        this.#listener.control("pong", event.bytes);
        break;
      case "close":
        this.#status = event;
        this.sender.drop();
        this.#listener.closing();
        // §7.1.1: the server closes the connection first; the client only waits for it.
        this.#awaitEnd();
        break;
      case "error":
        this.#breakOff(event.error);
    }
  }

  #finish({ state }: Connection): void {
    if (state === "CLOSED" || state === "FAILED") this.sender.end();
    else this.#fail(new ClientError("CONNECTION_LOST"));
  }

  #closed(): void {
    this.#deadline.clear();
    this.#deaf = true;
    this.sender.drop();
    this.#connection?.receiveEnd();
    if (this.#connection?.state === "CLOSED") {
      const { code, reason } = this.#status;
      this.#listener.closed({ code, reason, wasClean: true, error: null });
      return;
    }
    const error = this.#failure ?? (this.#wanted ? null : new ClientError("CONNECTION_LOST"));
    this.#listener.closed({ code: ABNORMAL, reason: "", wasClean: false, error });
  }

  /** Fails a connection on which there is nobody to be told (RFC 6455 §7.1.7). */
  #fail(error: Error): void {
    if (this.#deaf) return;
    this.#failure ??= error;
    this.#destroy();
  }

  /** Fails an open connection: the server is told, and has a moment to hear it. */
  #breakOff(error: Error): void {
    if (this.#deaf) return;
    this.#failure ??= error;
    this.#deaf = true;
    this.#connection!.fail(INTERNAL_ERROR);
    this.sender.drop();
    this.#listener.closing();
    this.sender.end();
    this.#gate.open();
    this.#deadline.set(LINGER, () => this.#socket.destroy());
  }

  #destroy(): void {
    this.#deaf = true;
    this.sender.drop();
    if (this.#connection !== null) this.#listener.closing();
    this.#socket.destroy();
  }

  /** The server has `closeTimeout` from when it has taken all that was sent, and longer as long as it goes on taking. */
  #awaitEnd(): void {
    this.sender.flush();
    this.#expectProgress();
    const { outbox } = this.sender;
    if (outbox.congested) outbox.whenDrained(() => !this.#deaf && this.#expectProgress());
  }

  #expectProgress(): void {
    const { outbox } = this.sender;
    const { taken } = outbox;
    this.#deadline.set(this.#settings.closeTimeout, () => {
      if (outbox.taken > taken) this.#expectProgress();
      else {
        this.#wanted = true;
        this.#socket.destroy();
      }
    });
  }
}
