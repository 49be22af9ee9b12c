import type { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import type { IncomingRequest } from "@mantou/http1";
import { BODY_FULL, REQUESTS_AHEAD, RESPONSES_UNREAD, TURN_USED } from "../socket/read-pauser.ts";
import { turnWrites } from "../socket/turn-writes.ts";
import { Arrival, type ArrivalHost } from "./arrival.ts";
import { BodyReceiver } from "./body-receiver.ts";
import { CONGESTED_BYTES, HEAD_SECONDS, READ_AHEAD_BYTES, REQUESTS_A_TURN } from "./limits.ts";
import type { IncomingBody } from "./request-body.ts";
import type { RequestContext } from "./request-context.ts";
import { TimedConnection } from "./timed-connection.ts";

/**
 * The state of a connection. "responding": a request is being received, responded to or both; `http.waitingFor` has which. "lingering": we
 * read no more, and the connection ends when our last bytes have been taken. "upgraded": another protocol has it.
 */
export type Phase = "idle" | "responding" | "lingering" | "upgraded";

/**
 * The reading half of a connection: bytes go into the protocol machine, and requests come out one by one. It reads no further while a
 * client has too much that waits, or has used its share of a turn.
 */
export abstract class RequestReader extends TimedConnection implements ArrivalHost {
  protected phase: Phase = "idle";
  /** The request that is being received or responded to. */
  protected context: RequestContext | null = null;
  /** Events are being handled: what is written leaves behind the last one. */
  #handling = false;
  /** Requests since the event loop was last left to others. */
  #requests = 0;
  /** Null before the first request that does not arrive at once. */
  protected arrival: Arrival | null = null;

  protected abstract handleRequest(head: IncomingRequest): void;
  /** Called with what the protocol machine throws, and with errors of our own. */
  protected abstract refuse(error: unknown): void;
  /** Ends our side. */
  protected abstract close(): void;
  /** Called when the client has taken the last response. */
  protected abstract limitLast(): void;
  /** Called with the bytes behind an upgrade. */
  protected abstract receiveBehindHandshake(bytes: Buffer): void;

  /** No more requests are read. Behind an upgrade the transport is another protocol's to pause and to resume. */
  get #isPast(): boolean {
    return this.phase === "lingering" || this.phase === "upgraded";
  }

  protected get lingering(): boolean {
    return this.phase === "lingering";
  }

  protected get isLast(): boolean {
    return this.phase === "idle" && this.host.stopping;
  }

  protected receive(buffer: Buffer, start: number, end: number): void {
    // A head that has begun keeps its deadline: one byte every nine seconds is not progress. With `headersTimeout` it has two.
    if (this.http.waitingFor !== "rest-of-head" || this.#headSeconds !== 0) this.received();
    this.arrival?.received(end - start);
    this.http.receive(buffer, start, end);
    this.handleEvents();
  }

  get #headSeconds(): number {
    return this.settings.arrival?.headSeconds ?? 0;
  }

  /** Watches a request of which more is to come. */
  #watchArrival(waitingFor = this.http.waitingFor): void {
    if (waitingFor !== "rest-of-head" && waitingFor !== "content") return;
    const { arrival: limits } = this.settings;
    if (limits === null) return;
    const isLimited = waitingFor === "content" ? limits.bodyRate !== null : limits.headSeconds !== 0;
    if (!isLimited && limits.requestSeconds === 0) return;
    this.arrival ??= new Arrival(limits, this.host.timeouts, this);
    this.arrival.begin();
  }

  get awaited(): "head" | "body" | "nothing" {
    const { waitingFor } = this.http;
    // A connection that is looked after is read now and then, although its body waits for the handler.
    if (this.pauser.paused || this.#isPast || this.body?.isFull === true) return "nothing";
    return waitingFor === "rest-of-head" ? "head" : waitingFor === "content" ? "body" : "nothing";
  }

  tooSlow(): void {
    // A response that has begun cannot be taken back.
    if (this.http.responseState === "body") this.destroy();
    else this.timedOut(408);
  }

  /** @returns the body of the request; null if it has none */
  protected beginBody(head: IncomingRequest): IncomingBody | null {
    if (this.body === null && head.framing === "none") return null;
    this.body ??= new BodyReceiver(this.pauser, () => this.#bodyWanted());
    return this.body.begin(head);
  }

  /** A handler reads the body: a client that waits for 100 Continue can be told. */
  #bodyWanted(): void {
    // A client that has begun to send does not wait (RFC 9110 §10.1.1).
    if (this.http.unreadBytes === 0) this.http.sendContinue();
    if (this.#handling) return;
    this.writeQueue.flush();
    this.#watchArrival();
  }

  /** Handles what is there behind a response. Its caller may be in the async context of that request. */
  protected goOn(): void {
    if (this.http.unreadBytes === 0) this.handleEvents();
    else if (!this.#handling && !this.#isPast) this.host.outside(() => this.handleEvents());
  }

  /** Handles what has been received, as far as that goes without waiting. */
  protected handleEvents(): void {
    // The loop below sees a response that is given while it runs.
    if (this.#handling || this.#isPast) return;
    this.#handling = true;
    try {
      // No request is handled that could not be responded to any more.
      while (!this.#isPast && !this.#isCongested() && !this.#hasUsedTurn()) {
        const event = this.http.next();
        if (event === null) break;
        if (event.type === "request") {
          this.#requests++;
          // The time of the head is over: the handler has all of its own.
          this.received();
          if (event.framing === "none") this.arrival?.end();
          this.handleRequest(event);
        } else if (event.type === "data") this.#receiveBody(event.bytes);
        else if (event.type === "end") {
          this.arrival?.end();
          this.body?.end();
        } else break;
      }
    } catch (error) {
      this.refuse(error);
    } finally {
      this.#handling = false;
    }
    this.afterEvents();
  }

  #receiveBody(bytes: Buffer): void {
    if (this.body?.push(bytes) === false) this.close();
  }

  /** Responses pile up: the client sends requests, and does not read. Goes on when what waits has been written. */
  #isCongested(): boolean {
    if (this.pauser.has(RESPONSES_UNREAD)) return true;
    if (this.context !== null || this.transport.buffered <= CONGESTED_BYTES) return false;
    this.pauser.set(RESPONSES_UNREAD, true);
    this.http.keep();
    this.transport.whenDrained(() => {
      this.pauser.set(RESPONSES_UNREAD, false);
      if (!this.transport.closed) this.goOn();
    });
    return true;
  }

  /** Many requests have come in one packet: other connections are served before the rest. */
  #hasUsedTurn(): boolean {
    if (this.#requests < REQUESTS_A_TURN) return false;
    if (this.pauser.has(TURN_USED)) return true;
    if (this.http.unreadBytes === 0 || this.context !== null) {
      // The next request comes in another turn, most likely.
      if (this.context === null) this.#requests = 0;
      return false;
    }
    this.pauser.set(TURN_USED, true);
    this.http.keep();
    setImmediate(() => {
      this.#requests = 0;
      this.pauser.set(TURN_USED, false);
      if (!this.transport.closed) this.goOn();
    });
    return true;
  }

  /** Writes what has been sent, reads on or not, and closes if nothing else is left. Does nothing while events are handled. */
  protected afterEvents(): void {
    if (this.#handling) return;
    turnWrites.write(this.writeQueue);
    if (this.phase === "upgraded") {
      // The bytes behind the handshake belong to the other protocol (RFC 6455 §4.2.2).
      const remaining = this.http.takeRemaining();
      if (remaining.length > 0) this.receiveBehindHandshake(remaining);
      return;
    }
    if (this.lingering) return;
    const { waitingFor } = this.http;
    if (waitingFor === "nothing") {
      this.close();
      return;
    }
    this.#watchArrival(waitingFor);
    const isOpen = this.deadline === Number.POSITIVE_INFINITY && this.#headSeconds === 0;
    if (waitingFor === "rest-of-head" && isOpen) {
      this.deadline = this.host.timeouts.after(HEAD_SECONDS);
    }
    const isAhead = this.http.unreadBytes > READ_AHEAD_BYTES;
    this.pauser.set(REQUESTS_AHEAD, isAhead);
    // Nothing but a look shows whether the client of a paused connection has left.
    const isPaused = isAhead || this.pauser.has(BODY_FULL);
    if (isPaused && this.deadline === Number.POSITIVE_INFINITY) this.deadline = this.later();
    if (this.isLast && this.transport.buffered === 0) this.limitLast();
  }
}
