import { BodyEncoder, checkLength, contentSize, writeText } from "./body-encoder.ts";
import { CachedHead } from "./cached-head.ts";
import { UsageError } from "./errors.ts";
import type { Framing, IncomingRequest, Output } from "./events.ts";
import { cachedHeadOf, cacheHead, FieldBlock, type FieldList } from "./fields.ts";
import { listMembers } from "./grammar.ts";
import { fieldBlock, hasNoContent, type OutgoingResponse } from "./outgoing-response.ts";
import { responseFramingFields } from "./response-framing.ts";
import { nextState, SERVER_RESPONSE, type ServerResponseState } from "./state.ts";
import { statusLine } from "./status-line.ts";
import { trailerBlock } from "./trailers.ts";

/** The sending half of a server's connection: state, framing and persistence of its responses. */
export class ResponseWriter {
  readonly #output: Output;
  readonly #body: BodyEncoder;
  readonly #date: (() => string) | null;
  #state: ServerResponseState = "idle";
  /** The method of the request; "" if it was refused before its method was known. */
  #method = "";
  #minor: 0 | 1 = 1;
  /** The protocols that the client offers to switch to, if any. */
  #upgradeOffered: string | null = null;
  /** The client waits for `100 Continue`: it was not sent, and no content has come. */
  #continueDue = false;
  #requestFailed = false;
  persistent = true;
  /** The status of the response to the current request, or of a refusal; 0 before it begins. */
  status = 0;
  /** Bytes of its content that have been sent, without framing. */
  contentSent = 0;

  constructor(output: Output, date: (() => string) | null) {
    this.#output = output;
    this.#body = new BodyEncoder(output);
    this.#date = date;
  }

  get state(): ServerResponseState {
    return this.#state;
  }

  /** The client waits for a response before it sends its content. */
  get continueDue(): boolean {
    return this.#continueDue && this.#state === "pending";
  }

  /** How the end of the content that is being sent is found; "none" if none is. */
  get framing(): Framing {
    return this.#body.framing;
  }

  requestReceived(head: IncomingRequest): void {
    this.#state = SERVER_RESPONSE.request.idle;
    this.status = 0;
    this.contentSent = 0;
    this.#method = head.method;
    this.#minor = head.minor;
    this.#upgradeOffered = head.upgrade;
    this.#continueDue = head.expectsContinue;
    if (!head.keepAlive) this.persistent = false;
  }

  /** RFC 9110 §10.1.1: a client that has begun to send its content no longer waits, and will send all of it. */
  contentReceived(): void {
    this.#continueDue = false;
  }

  /** The client broke the protocol: one last response may be sent. */
  requestFailed(): void {
    this.#requestFailed = true;
    this.persistent = false;
    this.#state = nextState(SERVER_RESPONSE.failure, this.#state);
  }

  /** Both sides are done. The method and version of the last request do not hold for a next one that is refused. */
  next(): void {
    this.#state = SERVER_RESPONSE.next.done;
    this.#method = "";
    this.#minor = 1;
  }

  sendContinue(): void {
    if (!this.continueDue || this.#requestFailed) return;
    this.#continueDue = false;
    this.#output.text("HTTP/1.1 100 Continue\r\n\r\n");
  }

  inform(head: OutgoingResponse): void {
    if (this.#state !== "pending") throw new UsageError("An interim response must precede a final one");
    if (head.status < 100 || head.status > 199 || head.status === 101) {
      throw new UsageError(`The status of an interim response must be 1xx and not 101, not ${head.status}`);
    }
    const text = `${statusLine(head.status, head.reason)}${fieldBlock(head.fields).text}\r\n`;
    // RFC 9110 §15.2: an HTTP/1.0 client does not know interim responses.
    if (this.#minor === 1) this.#output.text(text);
    if (head.status === 100) this.#continueDue = false;
  }

  respond(head: OutgoingResponse, content: string | Uint8Array | null): void {
    if (this.#repeat(head, content)) return;
    const size = content === null ? 0 : contentSize(content);
    if (head.status === 304 && size > 0) throw new UsageError("A 304 response has no content");
    const text = this.#begin(head, size, content !== null);
    if (size === 0 || hasNoContent(this.#method, head.status)) {
      this.#output.text(text);
      this.#finish(SERVER_RESPONSE.end.pending);
      return;
    }
    this.contentSent = size;
    if (typeof content === "string" && size === content.length) {
      // One string for head and content: one write, and nothing is encoded.
      const whole = text + content;
      this.#output.text(whole);
      if (head.fields instanceof FieldBlock && this.#isUsual)
        cachedHeadOf(head.fields)?.cache(content, whole);
    } else {
      this.#output.text(text);
      writeText(this.#output, content!, size);
    }
    this.#finish(SERVER_RESPONSE.end.pending);
  }

  refuse(status: number): void {
    if (this.#state !== "idle" && this.#state !== "pending") {
      throw new UsageError("There is no request to refuse, or its response has begun");
    }
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new UsageError(`The status of a refusal must be an integer from 400 to 599, not ${status}`);
    }
    this.requestFailed();
    this.respond({ status }, null);
  }

  start(head: OutgoingResponse, length: number | undefined): void {
    if (length !== undefined) checkLength(length);
    // A 205 is empty (RFC 9110 §15.3.6), and has Content-Length: 0 rather than an open end.
    const declared = length ?? fieldBlock(head.fields).contentLength ?? (head.status === 205 ? 0 : undefined);
    const text = this.#begin(head, declared, true);
    if (hasNoContent(this.#method, head.status)) this.#body.begin("none", 0);
    else if (declared !== undefined) this.#body.begin("length", declared);
    else this.#body.begin(this.#minor === 1 ? "chunked" : "until-close", 0);
    this.#output.text(text);
    this.#state = nextState(SERVER_RESPONSE.start, this.#state);
  }

  write(chunk: string | Uint8Array): void {
    if (this.#state !== "body") throw new UsageError("Content needs a response that has begun and not ended");
    const size = this.#body.write(chunk);
    this.contentSent += size;
    // Content is left out for HEAD. Other responses without content have none.
    if (size === 0 && this.#body.framing === "none" && this.#method !== "HEAD" && contentSize(chunk) > 0)
      throw new UsageError(`A ${this.status} response has no content`);
  }

  end(trailers: FieldList | undefined): void {
    if (this.#state !== "body") throw new UsageError("Only a response that has begun can end");
    this.#body.end(trailers === undefined ? null : trailerBlock(trailers));
    this.#finish(SERVER_RESPONSE.end.body);
  }

  upgrade(fields: OutgoingResponse["fields"], contentComplete: boolean): void {
    if (this.#state !== "pending" || this.#requestFailed)
      throw new UsageError("There is no request to upgrade");
    if (this.#upgradeOffered === null) throw new UsageError("The client did not offer an upgrade");
    if (!contentComplete) throw new UsageError("A request whose content is not complete cannot be upgraded");
    const block = fieldBlock(fields);
    checkSwitch(block, this.#upgradeOffered);
    this.#output.text(`${statusLine(101)}${block.text}\r\n`);
    this.status = 101;
    this.#state = SERVER_RESPONSE.upgrade.pending;
  }

  /** Writes the cached text of an earlier response, if this one is the same. */
  #repeat(head: OutgoingResponse, content: string | Uint8Array | null): boolean {
    const { fields } = head;
    if (typeof content !== "string" || !(fields instanceof FieldBlock) || !this.#isUsual) return false;
    const cachedHead = cachedHeadOf(fields);
    const whole = cachedHead === null ? null : cachedHead.cached(content);
    if (whole === null || !cachedHead!.isOf(head, this.#dateFor(fields))) return false;
    this.#output.text(whole);
    this.status = head.status;
    this.contentSent = content.length;
    this.#finish(SERVER_RESPONSE.end.pending);
    return true;
  }

  /** Whether the text of the response depends on its head and content only. */
  get #isUsual(): boolean {
    return (
      this.#state === "pending" &&
      this.#method === "GET" &&
      this.#minor === 1 &&
      this.persistent &&
      !this.#continueDue
    );
  }

  #dateFor(block: FieldBlock): string {
    return this.#date === null || block.hasDate ? "" : this.#date();
  }

  #cachedHead(head: OutgoingResponse, block: FieldBlock): CachedHead {
    const date = this.#dateFor(block);
    const cached = cachedHeadOf(block);
    if (cached?.isOf(head, date) === true) return cached;
    const made = new CachedHead(head, block, date);
    cacheHead(block, made);
    return made;
  }

  /** @param next the state if the connection persists */
  #finish(next: ServerResponseState): void {
    this.#state = this.persistent ? next : nextState(SERVER_RESPONSE["last-end"], this.#state);
  }

  /**
   * Decides framing and persistence, and returns the text of the head.
   * @param length bytes of content, if known
   * @param hasContent content was given, even if it is empty
   */
  #begin(head: OutgoingResponse, length: number | undefined, hasContent: boolean): string {
    if (this.#state !== "pending" && !(this.#requestFailed && this.#state === "idle")) {
      throw new UsageError("There is no request to respond to");
    }
    const { status } = head;
    if (status < 200)
      throw new UsageError(`The status of a final response must be from 200 to 599, not ${status}`);
    const block = fieldBlock(head.fields);
    const cachedHead = this.#cachedHead(head, block);
    if (this.#method === "CONNECT" && status < 300) {
      throw new UsageError("A 2xx response to CONNECT opens a tunnel, and has no content");
    }
    const framing = responseFramingFields(this.#method, this.#minor, status, block, length, hasContent);
    this.status = status;
    this.contentSent = 0;
    // A client that waits for 100 Continue may or may not send its content: only the end of the connection is unambiguous.
    if (this.#continueDue || block.close || framing === null) this.persistent = false;
    const connection = this.persistent
      ? this.#minor === 1
        ? ""
        : "Connection: keep-alive\r\n"
      : "Connection: close\r\n";
    // RFC 9110 §7.8: a server may advertise protocols, but only to the next recipient.
    const upgrade = block.upgradeUnlisted ? "Connection: upgrade\r\n" : "";
    return `${cachedHead.text}${upgrade}${connection}${framing ?? ""}\r\n`;
  }
}

/** RFC 9110 §7.8: a 101 names protocols that the client has offered, and has the connection option `upgrade`. */
function checkSwitch(block: FieldBlock, offered: string): void {
  const chosen = listMembers(block.upgrade ?? "");
  if (chosen.length === 0 || block.upgradeUnlisted) {
    throw new UsageError("An upgrade needs Upgrade with the protocol, and Connection: upgrade");
  }
  const offers = listMembers(offered);
  const foreign = chosen.find((protocol) => !offers.includes(protocol));
  if (foreign !== undefined) throw new UsageError(`The client did not offer to switch to ${foreign}`);
}
