import { Buffer } from "node:buffer";
import {
  ClientConnection,
  FieldBlock,
  type Fields,
  type IncomingResponse,
  ProtocolError,
  resolveLimits,
} from "@mantou/http1";
import type { Response } from "./exchange.ts";

/** Responses past the requests that we know of, which a server may send when it takes content for requests. */
const SURPLUS = 2;
/** What we send is not what this package would send, so its client role is told of a plain request in place of each. */
const NOWHERE = { text(): void {}, bytes(): void {} };
const MUCH = 2 ** 30;
/** The connection has a bound of its own, and the heads of a conforming server may be long. */
const LIMITS = resolveLimits({
  headBytes: MUCH,
  headFields: MUCH,
  chunkExtensionBytes: MUCH,
  chunkExtensions: MUCH,
  trailerBytes: MUCH,
  trailerFields: MUCH,
  interimResponses: MUCH,
});
/** Checked once: most of an exchange's time would go into it. */
const FIELDS = new FieldBlock(["Host", "x"]);
const OFFER = ["Host", "x", "Upgrade", "websocket", "Connection", "upgrade"];

/** Reads what a server sends, strictly: with the client role of `@mantou/http1`. */
export class ResponseParser {
  readonly #client: ClientConnection;
  readonly #chunks: Buffer[] = [];
  readonly #methods: readonly string[];
  readonly #isOffer: boolean;
  #receivedBytes = 0;
  #head: IncomingResponse | null = null;
  #content: Buffer[] = [];
  #interim: number[] = [];
  /** Where the last response ends in all bytes, if no further one may follow it. */
  #lastEnd: number | null = null;
  /** Where the head of the response that is being read ends. */
  #headEnd = 0;
  /** Where the last response began. */
  #start = 0;
  #hasSwitched = false;
  readonly responses: Response[] = [];
  error: ProtocolError | null = null;

  /** @param isOffer the first request offers WebSocket */
  constructor(methods: readonly string[], isOffer: boolean) {
    this.#methods = methods;
    this.#isOffer = isOffer;
    this.#client = new ClientConnection(NOWHERE, { limits: LIMITS });
    // No request can follow an offer before it is answered.
    if (isOffer) this.#client.request({ method: "GET", target: "/", fields: OFFER }, null);
    else expectResponses(this.#client, methods, SURPLUS);
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get interim(): readonly number[] {
    return this.#interim;
  }

  /** The response whose end has not come. */
  get unfinished(): Response | null {
    return this.#head === null ? null : this.#responseOf(this.#head);
  }

  /** Bytes that no response accounts for, behind one after which the connection is to be closed. */
  get extraBytes(): number {
    return this.#lastEnd === null ? 0 : this.#receivedBytes - this.#lastEnd;
  }

  /** What is behind the head of a 101. */
  get switched(): Buffer | null {
    return this.#hasSwitched ? this.received.subarray(this.#headEnd) : null;
  }

  push(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#receivedBytes += bytes.length;
    if (this.error !== null || this.#hasSwitched) return;
    this.#client.receive(bytes);
    this.#read();
  }

  /** The server has closed its side in good order. */
  finish(): void {
    if (this.error !== null || this.#hasSwitched) return;
    // Between two messages an end is no error: the judges count the responses.
    if (this.#client.waitingFor !== "content" && this.#client.waitingFor !== "rest-of-head") return;
    this.#client.receiveEnd();
    this.#read();
  }

  #read(): void {
    try {
      for (let event = this.#client.next(); event !== null; event = this.#client.next()) {
        switch (event.type) {
          case "interim":
            this.#interim.push(event.status);
            break;
          case "response":
            this.#head = event;
            this.#headEnd = this.#receivedBytes - this.#client.unreadBytes;
            if (event.status !== 101) break;
            this.#hasSwitched = true;
            this.#endResponse();
            return;
          case "data":
            this.#content.push(Buffer.from(event.bytes));
            break;
          case "end":
            this.#endResponse();
            break;
          case "closed":
            break;
        }
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.error = error;
    }
  }

  #endResponse(): void {
    const head = this.#head!;
    const start = this.#start;
    this.responses.push(this.#responseOf(head));
    if (!head.keepAlive && head.framing !== "until-close") this.#lastEnd = this.#endOf(head, start);
    this.#start = this.#receivedBytes - this.#client.unreadBytes;
    this.#head = null;
    this.#content = [];
    this.#interim = [];
    if (this.#isOffer && head.status !== 101 && head.keepAlive && this.responses.length === 1) {
      expectResponses(this.#client, this.#methods.slice(1), SURPLUS);
    }
  }

  #responseOf({ status, reason, minor, fields, framing, keepAlive }: IncomingResponse): Response {
    const content = Buffer.concat(this.#content);
    return {
      status,
      reason,
      minor,
      fields: listOf(fields),
      framing,
      keepAlive,
      content,
      interim: this.#interim,
    };
  }

  /** The client role drops what follows the last response, so its end is found by its framing. */
  #endOf(head: IncomingResponse, start: number): number {
    if (head.framing !== "chunked") return this.#headEnd + head.length;
    const client = new ClientConnection(NOWHERE, { limits: LIMITS });
    expectResponses(client, [this.#methods[this.responses.length - 1] ?? "GET"], 0);
    const all = this.received;
    for (let at = start; at < all.length; at++) {
      client.receive(all, at, at + 1);
      for (let event = client.next(); event !== null; event = client.next()) {
        if (event.type === "end") return at + 1;
      }
    }
    return all.length;
  }
}

/** As if requests with these methods had been sent, and some more. */
function expectResponses(client: ClientConnection, methods: readonly string[], surplus: number): void {
  for (let i = 0; i < methods.length + surplus; i++) {
    client.request({ method: methods[i] === "HEAD" ? "HEAD" : "GET", target: "/", fields: FIELDS }, null);
  }
}

function listOf(fields: Fields): readonly string[] {
  return fields.list;
}
