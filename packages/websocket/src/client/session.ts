import type { Buffer } from "node:buffer";
import { nextTick } from "node:process";
import type { Duplex } from "node:stream";
import { type CloseStatus, NO_STATUS } from "../close.ts";
import type { Connection } from "../connection.ts";
import type { Event } from "../events.ts";
import type { Address } from "./address.ts";
import { afterMicrotasks } from "./after-microtasks.ts";
import { type Agreement, ClientHandshake, openConnection } from "./client-handshake.ts";
import { type Clock, Deadline, systemClock } from "./clock.ts";
import { ClosingDeadline } from "./closing-deadline.ts";
import { connect } from "./connect.ts";
import { ClientError } from "./errors.ts";
import { LINGER, WAITING_PINGS } from "./limits.ts";
import type { Settings } from "./options.ts";
import { DECODING, PAUSED, PONGS_UNREAD, ReadGate } from "./read-gate.ts";
import { Sender } from "./sender.ts";
import type { SessionListener } from "./session-listener.ts";

/** RFC 6455 §7.1.5: there was no Close frame. */
const ABNORMAL = 1006;
/** IANA's registry of close codes: either side cannot go on. */
const INTERNAL_ERROR = 1011;

/** One connection from its request to its end: passes bytes to the protocols and events to the listener, and sets the deadlines. */
export class Session {
  /** Sends messages. It drops what is sent before the listener's `opened`. */
  readonly sender: Sender;
  readonly #settings: Settings;
  readonly #listener: SessionListener;
  readonly #deadline: Deadline;
  readonly #closing: ClosingDeadline;
  readonly #handshake: ClientHandshake;
  readonly #socket: Duplex;
  readonly #gate: ReadGate;
  /** Null until the server has agreed. */
  #connection: Connection | null = null;
  /** The content of the server's Close frame. */
  #status: CloseStatus = { code: NO_STATUS, reason: "" };
  #failure: Error | null = null;
  /** The application, or the end of the closing handshake, caused the socket's end: it is no failure. */
  #endExpected = false;
  /** No event follows but `closed`: bytes that still come are dropped. */
  #over = false;
  /** The server has closed its sending side. */
  #ended = false;
  #paused = false;
  /** The listener has an event, or what it has queued runs before the next one. */
  #isBusy = false;
  /** Pings that came while pongs waited for the server to take them. */
  #waitingPings = 0;

  /** @throws TypeError for headers that make no request, and what `tls.connect` or `createConnection` throws */
  constructor(address: Address, settings: Settings, listener: SessionListener, clock: Clock = systemClock) {
    this.#settings = settings;
    this.#listener = listener;
    this.#handshake = new ClientHandshake(address, settings);
    this.#socket = settings.createConnection?.() ?? connect(address, settings.tls);
    this.#gate = new ReadGate(this.#socket);
    this.sender = new Sender(this.#socket, (error) =>
      this.#abort(new ClientError("BLOB_UNREADABLE", undefined, error)),
    );
    this.#deadline = new Deadline(clock);
    this.#closing = new ClosingDeadline(this.#deadline, this.sender.outbox, settings.closeTimeout);
    this.#socket.on("data", (bytes: Buffer) => this.#received(bytes));
    this.#socket.on("end", () => {
      this.#ended = true;
      if (this.#connection === null) this.#fail(this.#handshake.receiveEnd());
      else this.#pump();
    });
    // 'close' follows.
    this.#socket.on("error", (error) => {
      this.#failure ??= error;
    });
    this.#socket.on("close", () => this.#closed());
    this.#socket.write(this.#handshake.request, "latin1");
    this.#deadline.set(settings.handshakeTimeout, () => this.#fail(new ClientError("HANDSHAKE_TIMEOUT")));
  }

  get paused(): boolean {
    return this.#paused && !this.#over;
  }

  /** Starts the closing handshake behind what was sent; before the end of the opening handshake, fails the connection. */
  close(code: number | undefined, reason: string): void {
    if (this.#connection === null) {
      this.#fail(new ClientError("CLOSED_EARLY"));
    } else if (!this.#over && !this.sender.closing) {
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
      this.#endExpected = true;
      this.#destroy();
    }
  }

  /** Stops reading until `resume`. False if there is nothing left to read. */
  pause(): boolean {
    if (this.#over || this.sender.closing || this.#connection?.state === "closed") return false;
    this.#paused = true;
    // The response to the handshake is still read.
    if (this.#connection !== null) this.#gate.set(PAUSED, true);
    return true;
  }

  /** False if there is nothing left to read. */
  resume(): boolean {
    if (this.#over) return false;
    if (this.#paused) {
      this.#paused = false;
      // In a later turn: messages must not arrive within a call of the application's.
      if (this.#connection !== null) nextTick(() => this.#continue());
    }
    return true;
  }

  #received(bytes: Buffer): void {
    if (this.#over) return;
    if (this.#connection === null) {
      const agreed = this.#handshake.receive(bytes);
      if (agreed !== null) this.#agreed(agreed);
      return;
    }
    if (this.#isBusy) this.#connection.keep();
    this.#connection.receive(bytes);
    this.#pump();
  }

  #agreed(agreement: Agreement | ClientError): void {
    if (agreement instanceof ClientError) {
      this.#fail(agreement);
      return;
    }
    this.#deadline.clear();
    const connection = openConnection(agreement, this.#settings, this.sender.outbox, () => this.#continue());
    this.#connection = connection;
    this.sender.open(connection);
    this.#gate.set(PAUSED, this.#paused);
    connection.receive(agreement.remaining);
    this.#isBusy = true;
    this.#listener.opened(agreement.protocol, agreement.extensions);
    this.#pumpLater();
  }

  /** Runs after a pause, or when a big message has come out of the thread pool. */
  #continue(): void {
    this.#pump();
    this.#gate.set(PAUSED, this.#paused);
  }

  /**
   * Passes what has been read to the listener, until it pauses. The rest stays where it is then, and the socket is paused.
   *
   * The standard has a task for each event, so that what a listener awaits goes on before the next one: it may listen to the next
   * message only then.
   */
  #pump(): void {
    if (this.#isBusy) return;
    const connection = this.#connection!;
    while (!this.#paused && !this.#over) {
      const event = connection.next();
      if (event === null) break;
      this.#isBusy = true;
      this.#handle(event);
      if (connection.unread) {
        this.#pumpLater();
        return;
      }
      this.#isBusy = false;
    }
    this.#gate.set(DECODING, connection.decoding);
    // Sends the machine's own pongs and Close frame, and the listener's messages.
    this.sender.flush();
    if (this.#waitingPings > WAITING_PINGS) {
      this.#waitingPings = 0;
      this.#gate.set(PONGS_UNREAD, true);
      this.sender.outbox.whenDrained(() => this.#gate.set(PONGS_UNREAD, false));
    }
    // A paused socket emits its end too, if all has been read from it. The events of what came before go first.
    if (this.#ended && !this.#paused && !connection.decoding) this.#finish(connection);
  }

  #pumpLater(): void {
    afterMicrotasks(() => {
      this.#isBusy = false;
      if (!this.#over) this.#pump();
    });
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
        this.#abort(event.error);
    }
  }

  #finish({ state }: Connection): void {
    if (state === "closed" || state === "failed") this.sender.end();
    else this.#fail(new ClientError("CONNECTION_LOST"));
  }

  #closed(): void {
    this.#deadline.clear();
    this.#over = true;
    this.sender.drop();
    this.#connection?.receiveEnd();
    if (this.#connection?.state === "closed") {
      const { code, reason } = this.#status;
      this.#listener.closed({ code, reason, wasClean: true, error: null });
      return;
    }
    const error = this.#failure ?? (this.#endExpected ? null : new ClientError("CONNECTION_LOST"));
    this.#listener.closed({ code: ABNORMAL, reason: "", wasClean: false, error });
  }

  /** Fails a connection without a Close frame (RFC 6455 §7.1.7): the server cannot read one. */
  #fail(error: Error): void {
    if (this.#over) return;
    this.#failure ??= error;
    this.#destroy();
  }

  /** Fails an open connection with a Close frame, and gives the server a moment to read it. */
  #abort(error: Error): void {
    if (this.#over) return;
    this.#failure ??= error;
    this.#over = true;
    this.#connection!.fail(INTERNAL_ERROR);
    this.sender.drop();
    this.#listener.closing();
    this.sender.end();
    this.#gate.open();
    this.#deadline.set(LINGER, () => this.#socket.destroy());
  }

  #destroy(): void {
    this.#over = true;
    this.sender.drop();
    if (this.#connection !== null) this.#listener.closing();
    this.#socket.destroy();
  }

  #awaitEnd(): void {
    this.sender.flush();
    this.#closing.start(
      () => this.#over,
      () => {
        this.#endExpected = true;
        this.#socket.destroy();
      },
    );
  }
}
