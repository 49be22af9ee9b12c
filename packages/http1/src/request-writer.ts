import { BodyEncoder, checkLength, contentSize, writeText } from "./body-encoder.ts";
import { UsageError } from "./errors.ts";
import type { Output } from "./events.ts";
import type { FieldList } from "./fields.ts";
import { type CheckedRequest, checkRequest, type OutgoingRequest } from "./outgoing-request.ts";
import { CLIENT_REQUEST, type ClientRequestState, nextState } from "./state.ts";
import { trailerBlock } from "./trailers.ts";

/** Methods whose requests normally have content, so that they have Content-Length also without it (RFC 9110 §8.6). */
const WITH_CONTENT = new Set(["POST", "PUT", "PATCH"]);

/** The sending half of a client's connection: state, framing and persistence of its requests. */
export class RequestWriter {
  readonly #output: Output;
  readonly #body: BodyEncoder;
  #state: ClientRequestState = "idle";
  /** The response decides whether HTTP follows: the request offers an upgrade, or requests a tunnel. */
  #decisive = false;
  #continueDue = false;
  /** The server's version, from its last response. */
  #serverMinor: 0 | 1 = 1;
  persistent = true;

  constructor(output: Output) {
    this.#output = output;
    this.#body = new BodyEncoder(output);
  }

  get state(): ClientRequestState {
    return this.#state;
  }

  /** The request has `Expect: 100-continue`, no response has come, and no content was sent. */
  get continueDue(): boolean {
    return this.#continueDue && this.#state === "body";
  }

  /** A response has come, an interim or the final one. Both end the wait for 100 Continue. */
  responseReceived(minor: 0 | 1): void {
    this.#serverMinor = minor;
    this.#continueDue = false;
  }

  /** The response to the decisive request has come, and has declined. */
  declined(): void {
    this.#decisive = false;
    if (this.#state !== "waiting") return;
    this.#state = this.persistent ? CLIENT_REQUEST.declined.waiting : CLIENT_REQUEST["last-declined"].waiting;
  }

  /** No request follows. A request that has begun may be sent to its end, for a server that still reads it. */
  close(): void {
    this.persistent = false;
    this.#state = nextState(CLIENT_REQUEST.close, this.#state);
  }

  upgraded(): void {
    this.#state = nextState(CLIENT_REQUEST.upgrade, this.#state);
  }

  /** @returns the checked request, when it is written */
  request(request: OutgoingRequest, content: string | Uint8Array | null): CheckedRequest {
    const size = content === null ? 0 : contentSize(content);
    const checked = this.#check(request, size > 0);
    const declared = checked.block.contentLength;
    if (declared !== null && declared !== size) {
      throw new UsageError(`The content has ${size} bytes, and its Content-Length says ${declared}`);
    }
    const hasLength = content !== null || declared !== null || WITH_CONTENT.has(request.method);
    const text = this.#head(request, checked, hasLength ? `Content-Length: ${size}\r\n` : "");
    this.#output.text(text);
    if (size > 0) writeText(this.#output, content!, size);
    this.#finish(CLIENT_REQUEST.end.idle);
    return checked;
  }

  start(request: OutgoingRequest, length: number | undefined): CheckedRequest {
    if (length !== undefined) checkLength(length);
    const checked = this.#check(request, length !== 0);
    const declared = checked.block.contentLength;
    if (declared !== null && length !== undefined && declared !== length) {
      throw new UsageError(`The content has ${length} bytes, and its Content-Length says ${declared}`);
    }
    const size = length ?? declared;
    // RFC 9112 §6.1: no chunked coding to a server that may not know it.
    if (size === null && this.#serverMinor === 0) {
      throw new UsageError("An HTTP/1.0 server needs to know the length of the content first");
    }
    const framing = size === null ? "Transfer-Encoding: chunked\r\n" : `Content-Length: ${size}\r\n`;
    const text = this.#head(request, checked, framing);
    this.#body.begin(size === null ? "chunked" : "length", size ?? 0);
    this.#output.text(text);
    this.#continueDue = checked.expectsContinue;
    this.#state = CLIENT_REQUEST.start.idle;
    return checked;
  }

  write(chunk: string | Uint8Array): void {
    if (this.#state !== "body") throw new UsageError("Content needs a request that has begun and not ended");
    this.#body.write(chunk);
    if (chunk.length > 0) this.#continueDue = false;
  }

  end(trailers: FieldList | undefined): void {
    if (this.#state !== "body") throw new UsageError("Only a request that has begun can end");
    this.#body.end(trailers === undefined ? null : trailerBlock(trailers));
    this.#finish(CLIENT_REQUEST.end.body);
  }

  abandon(): void {
    if (this.#state !== "body") throw new UsageError("There is no content to abandon");
    this.persistent = false;
    this.#state = CLIENT_REQUEST.abandon.body;
  }

  #check(request: OutgoingRequest, hasContent: boolean): CheckedRequest {
    if (this.#state !== "idle") throw new UsageError(WHY_NOT[this.#state]);
    const checked = checkRequest(request);
    // RFC 9110 §10.1.1, §9.3.8 and §9.3.6.
    if (checked.expectsContinue && !hasContent)
      throw new UsageError("100-continue needs content to wait with");
    if (hasContent && (request.method === "TRACE" || request.method === "CONNECT")) {
      throw new UsageError(`A ${request.method} request has no content`);
    }
    return checked;
  }

  #head(request: OutgoingRequest, { block, upgrade }: CheckedRequest, framing: string): string {
    if (block.close) this.persistent = false;
    this.#decisive = upgrade.length > 0 || request.method === "CONNECT";
    const connection = this.persistent ? "" : "Connection: close\r\n";
    return `${request.method} ${request.target} HTTP/1.1\r\n${block.text}${connection}${framing}\r\n`;
  }

  /** @param next the state if another request may follow */
  #finish(next: ClientRequestState): void {
    this.#continueDue = false;
    if (this.#decisive) this.#state = nextState(CLIENT_REQUEST["decisive-end"], this.#state);
    else this.#state = this.persistent ? next : nextState(CLIENT_REQUEST["last-end"], this.#state);
  }
}

const WHY_NOT: Readonly<Record<Exclude<ClientRequestState, "idle">, string>> = {
  body: "The request before this one has not ended",
  waiting: "The response to the request before this one decides whether another can follow",
  closed: "No request can follow on this connection",
  upgraded: "The connection no longer speaks HTTP",
};
