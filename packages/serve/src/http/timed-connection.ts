import { ServerConnection } from "@mantou/http1";
import { UNLISTED } from "../socket/indexed-list.ts";
import { BODY_FULL, REQUESTS_AHEAD, ReadPauser } from "../socket/read-pauser.ts";
import type { Timed } from "../socket/timeouts.ts";
import type { Transport } from "../socket/transport.ts";
import { WriteQueue } from "../socket/write-queue.ts";
import type { BodyReceiver } from "./body-receiver.ts";
import type { HttpHost, HttpSettings } from "./host.ts";
import { currentDate } from "./http-date.ts";
import { LOOK_AHEAD_BYTES, LOOK_SECONDS } from "./limits.ts";

/**
 * The parts of a connection that speaks HTTP, and the deadlines of its client. It is a base class and not a part, so that an idle
 * connection has no more objects.
 */
export abstract class TimedConnection implements Timed {
  readonly settings: HttpSettings;
  readonly transport: Transport;
  readonly writeQueue: WriteQueue;
  readonly http: ServerConnection;
  deadline: number;
  timeoutPlace: number = UNLISTED;
  protected readonly host: HttpHost;
  protected readonly pauser: ReadPauser;
  /** Null before the first request with a body. */
  protected body: BodyReceiver | null = null;
  /** Seconds for the current request, in place of the server's. */
  #seconds: number;
  /** They are those of a request whose response is written, and waits for its client. */
  #keepsTime = false;
  /** The transport's `taken` at the last deadline. */
  #taken = 0;

  constructor(host: HttpHost, transport: Transport) {
    this.host = host;
    this.settings = host.settings;
    this.transport = transport;
    this.writeQueue = new WriteQueue(transport);
    this.pauser = new ReadPauser(transport);
    this.http = new ServerConnection(this.writeQueue, { limits: host.settings.limits, date: currentDate });
    this.#seconds = host.settings.idleTimeout;
    this.deadline = host.timeouts.after(this.#seconds);
    host.timeouts.add(this);
  }

  /** The connection ends when our last bytes have been taken. */
  protected abstract get lingering(): boolean;
  /** No response is due, and the server stops: what comes next has a time, also without `idleTimeout`. */
  protected abstract get isLast(): boolean;
  /** Called when the client has taken too long, and can be told so. */
  protected abstract timedOut(status: 408 | 503): void;

  /** Writes what has been sent. */
  flush(): void {
    this.deadline = this.later();
    this.writeQueue.flush();
  }

  onTimeout(): void {
    const { waitingFor } = this.http;
    // Only the time of heads and of closing is limited.
    const isLimited = this.#seconds !== 0 || this.lingering || this.isLast;
    if (!isLimited && (waitingFor === "content" || waitingFor === "response")) {
      this.#look();
      return;
    }
    // A slow reader is not an idle one. Linux takes more bytes only when a third of its send buffer is free: up to 1.3 MB are read unseen.
    const { buffered, taken } = this.transport;
    const progress = buffered > 0 && taken !== this.#taken;
    this.#taken = taken;
    if (progress) {
      this.deadline = this.later();
      return;
    }
    const status = this.lingering || waitingFor === "request" ? null : this.#timeoutStatus();
    if (status === null) this.destroy();
    else this.timedOut(status);
  }

  /**
   * Ends the connection now, behind what has been sent. To a client of HTTP/1.0 the end of the connection is that of the response (RFC 9112 §6.3): only a reset tells
   * it that something is missing.
   */
  destroy(): void {
    const { http, transport } = this;
    this.writeQueue.flush();
    if (http.responseState === "body" && http.responseFraming === "until-close") transport.reset();
    else transport.destroy();
  }

  /** The client has `seconds` until its next bytes; 0 for no limit. */
  protected limitTo(seconds: number): void {
    this.#seconds = seconds;
    this.#keepsTime = false;
    this.deadline = this.later();
  }

  /** Seconds that the client may be silent; 0 for no limit. */
  get idleSeconds(): number {
    return this.#seconds;
  }

  /** The client has sent something. */
  protected received(): void {
    this.deadline = this.host.timeouts.after(this.#seconds);
  }

  /**
   * The time for the next request begins. The client takes what still waits for it in the time of its own request: a response that was
   * there at once is written long before a slow client has read it.
   */
  protected resetTimeout(): void {
    const keeps = this.transport.buffered > 0 && this.#seconds !== this.settings.idleTimeout;
    if (!keeps) this.#seconds = this.settings.idleTimeout;
    this.received();
    if (!keeps || this.#keepsTime) return;
    this.#keepsTime = true;
    this.transport.whenDrained(() => {
      // The next request may have a time of its own by now.
      if (!this.#keepsTime) return;
      this.#keepsTime = false;
      this.#seconds = this.settings.idleTimeout;
      if (!this.lingering && !this.isLast) this.received();
    });
  }

  /** The next time to look after the client if nothing happens until then. */
  protected later(): number {
    const seconds = this.#seconds === 0 && this.pauser.paused ? LOOK_SECONDS : this.#seconds;
    return this.host.timeouts.after(seconds);
  }

  /** Looks whether the client of a paused connection is still there. */
  #look(): void {
    if (this.pauser.paused) this.transport.probe();
    this.body?.readAhead();
    if (this.http.unreadBytes < LOOK_AHEAD_BYTES) this.pauser.set(REQUESTS_AHEAD, false);
    this.deadline = this.later();
  }

  /** The status for what takes too long; null if the client cannot be told, or is not at fault. */
  #timeoutStatus(): 408 | 503 | null {
    if (this.http.responseState === "body") return null;
    // The client has sent what it could: the handler has not read it (RFC 9110 §15.6.4).
    if (this.pauser.has(BODY_FULL)) return 503;
    const { waitingFor } = this.http;
    // A client that is not read owes nothing. RFC 9110 §15.5.9: the others took too long.
    return !this.pauser.paused && (waitingFor === "rest-of-head" || waitingFor === "content") ? 408 : null;
  }
}
