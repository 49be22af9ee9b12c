import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { PeerList } from "../options/peer-list.ts";
import type { ProxiedSource } from "../proxy/header.ts";
import { ProxyHeaderReader, type ReadHeader } from "../proxy/header-reader.ts";
import { PROXY_HEADER_SECONDS } from "../proxy/limits.ts";
import { IndexedList, UNLISTED } from "./indexed-list.ts";
import type { Timed, Timeouts } from "./timeouts.ts";
import type { Transport, TransportHandler } from "./transport.ts";

/** A connection whose header has not come. */
interface AwaitedHeader extends Timed {
  /** Its place among those of the server. */
  place: number;
  /** Ends the connection. */
  onTimeout(): void;
}

/** Reads the PROXY headers with which connections begin. One that begins otherwise, or too late, is closed. */
export class ProxyHeaders {
  /** Null for any peer. */
  readonly #from: PeerList | null;
  readonly #timeouts: Timeouts;
  readonly #gone: () => void;
  readonly #awaited = new IndexedList<"place", AwaitedHeader>("place");

  /** @param gone is called when a plain connection is gone whose header had not come */
  constructor(from: PeerList | null, timeouts: Timeouts, gone: () => void) {
    this.#from = from;
    this.#timeouts = timeouts;
    this.#gone = gone;
  }

  /**
   * The first handler of a plain connection.
   * @param next makes the handler behind the header
   */
  read(transport: Transport, next: (source: ProxiedSource) => TransportHandler): TransportHandler {
    const accepted = this.#accepts(transport.remoteAddress);
    const handler = new HeaderHandler(transport, next, this.#deadline, () => this.#drop(handler));
    if (accepted) this.#await(handler);
    else transport.destroy();
    return handler;
  }

  /** Reads the header of a connection before its TLS handshake; its other bytes stay in the socket. */
  readBelowTLS(socket: Socket, next: (source: ProxiedSource) => void): void {
    if (!this.#accepts(socket.remoteAddress)) {
      socket.destroy();
      return;
    }
    const reader = new ProxyHeaderReader();
    const awaited: AwaitedHeader = {
      deadline: this.#deadline,
      timeoutPlace: UNLISTED,
      place: UNLISTED,
      onTimeout: () => socket.destroy(),
    };
    const stop = (): void => {
      this.#forget(awaited);
      socket.off("readable", read);
      socket.off("close", stop);
    };
    const read = (): void => {
      for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) {
        const header = received(reader, chunk);
        if (header === null) continue;
        stop();
        if (header === "invalid") {
          socket.destroy();
          return;
        }
        if (header.rest.length > 0) socket.unshift(header.rest);
        next(header.source);
        return;
      }
    };
    this.#await(awaited);
    socket.on("readable", read);
    socket.on("close", stop);
  }

  /** Closes the connections whose header has not come. */
  close(): void {
    for (const awaited of this.#awaited) awaited.onTimeout();
  }

  #accepts(address: string | undefined): boolean {
    return this.#from === null || this.#from.includes(address ?? null);
  }

  get #deadline(): number {
    return this.#timeouts.after(PROXY_HEADER_SECONDS);
  }

  #await(awaited: AwaitedHeader): void {
    this.#awaited.add(awaited);
    this.#timeouts.add(awaited);
  }

  #forget(awaited: AwaitedHeader): void {
    this.#awaited.delete(awaited);
    this.#timeouts.delete(awaited);
  }

  #drop(handler: HeaderHandler): void {
    this.#forget(handler);
    if (handler.isGone) this.#gone();
  }
}

/** The first handler of a plain connection: it reads the header, and makes the handler of what is behind it. */
class HeaderHandler implements TransportHandler, AwaitedHeader {
  readonly deadline: number;
  timeoutPlace: number = UNLISTED;
  place: number = UNLISTED;
  readonly #transport: Transport;
  readonly #next: (source: ProxiedSource) => TransportHandler;
  readonly #over: () => void;
  readonly #reader = new ProxyHeaderReader();
  isGone = false;

  constructor(
    transport: Transport,
    next: (source: ProxiedSource) => TransportHandler,
    deadline: number,
    over: () => void,
  ) {
    this.#transport = transport;
    this.#next = next;
    this.deadline = deadline;
    this.#over = over;
  }

  onBytes(buffer: Buffer, start: number, end: number): void {
    const header = received(this.#reader, buffer.subarray(start, end));
    if (header === null) return;
    if (header === "invalid") {
      this.#transport.destroy();
      return;
    }
    this.#over();
    const handler = this.#next(header.source);
    this.#transport.handler = handler;
    if (header.rest.length > 0) handler.onBytes(header.rest, 0, header.rest.length);
  }

  onEnd(): void {
    this.#transport.destroy();
  }

  onTimeout(): void {
    this.#transport.destroy();
  }

  onClose(): void {
    this.isGone = true;
    this.#over();
  }
}

function received(reader: ProxyHeaderReader, bytes: Buffer): ReadHeader | null | "invalid" {
  try {
    return reader.receive(bytes);
  } catch {
    return "invalid";
  }
}
