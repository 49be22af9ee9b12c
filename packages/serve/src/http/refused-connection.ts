import { ServerConnection } from "@mantou/http1";
import type { RefusedStatus } from "../socket/gate.ts";
import { UNLISTED } from "../socket/indexed-list.ts";
import type { Timed, Timeouts } from "../socket/timeouts.ts";
import type { Transport, TransportHandler } from "../socket/transport.ts";
import { WriteQueue } from "../socket/write-queue.ts";
import { currentDate } from "./http-date.ts";
import { LINGER_SECONDS } from "./limits.ts";

/**
 * A connection too many. Its first bytes are a request, which gets the status; a client that has sent none expects no response. Then our side ends,
 * and what comes is dropped: a connection that is closed with bytes unread is reset, which can overtake the response (RFC 9112 §9.6).
 */
export class RefusedConnection implements TransportHandler, Timed {
  readonly deadline: number;
  timeoutPlace: number = UNLISTED;
  readonly #transport: Transport;
  readonly #timeouts: Timeouts;
  readonly #status: RefusedStatus;
  readonly #over: () => void;
  #hasResponded = false;

  /** @param over is called when the connection is gone */
  constructor(transport: Transport, timeouts: Timeouts, status: RefusedStatus, over: () => void) {
    this.#transport = transport;
    this.#timeouts = timeouts;
    this.#status = status;
    this.#over = over;
    this.deadline = timeouts.after(LINGER_SECONDS);
    timeouts.add(this);
  }

  onBytes(): void {
    if (this.#hasResponded) return;
    this.#hasResponded = true;
    const output = new WriteQueue(this.#transport);
    new ServerConnection(output, { date: currentDate }).refuse(this.#status);
    output.flush();
    this.#transport.end();
  }

  onEnd(): void {
    if (!this.#hasResponded) this.#transport.destroy();
  }

  onTimeout(): void {
    this.#transport.destroy();
  }

  onClose(): void {
    this.#timeouts.delete(this);
    this.#over();
  }
}
