import { Buffer } from "node:buffer";
import { nextTick } from "node:process";
import { ClientConnection, type ClientEvent } from "@mantou/http1";
import type { MemorySocket } from "./memory-socket.ts";
import type { ResponseReceiver } from "./response-receiver.ts";

/** A request as `fetch` gives it to a dispatcher. */
export interface OutgoingFetch {
  readonly origin: string | URL;
  readonly path: string;
  readonly method: string;
  readonly headers?: unknown;
  readonly body?: unknown;
}

/** One request over a connection of its own, and its response. */
export class MemoryRequest {
  readonly #receiver: ResponseReceiver;
  readonly #socket: MemorySocket;
  readonly #http: ClientConnection;
  #isOver = false;
  #isPaused = false;
  #isReading = false;

  constructor(socket: MemorySocket, receiver: ResponseReceiver) {
    this.#socket = socket;
    this.#receiver = receiver;
    this.#http = new ClientConnection({
      text: (latin1) => this.#write(Buffer.from(latin1, "latin1")),
      bytes: (chunk) => this.#write(chunk),
    });
    socket.on("data", (bytes: Buffer) => {
      this.#http.receive(bytes);
      this.#read();
    });
    socket.on("end", () => {
      this.#http.receiveEnd();
      this.#read();
      // A response that is paused is not over yet.
      if (!this.#isPaused) this.#fail(lostConnection());
    });
    // What it has read before still comes.
    socket.on("error", () => {});
    receiver.started({
      abort: (reason) => this.#fail(reason),
      pause: () => this.#pause(),
      resume: () => this.#resume(),
    });
  }

  #write(bytes: Uint8Array): void {
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      nextTick(() => this.#socket.uncork());
    }
    this.#socket.write(bytes);
  }

  async send(request: OutgoingFetch): Promise<void> {
    try {
      await this.#send(request);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #send({ origin, path, method, headers, body }: OutgoingFetch): Promise<void> {
    const { fields, length } = fieldsOf(headers, new URL(origin).host);
    const head = { method, target: path, fields };
    if (body === null || body === undefined || typeof body === "string" || body instanceof Uint8Array) {
      this.#http.request(head, body ?? null);
      return;
    }
    let hasBegun = false;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      if (chunk.length === 0) continue;
      // As undici's client does, which sends nothing before it knows whether the body is empty.
      if (!hasBegun) this.#http.start(head, length);
      hasBegun = true;
      // The server may have responded without reading the rest.
      if (this.#isOver || this.#http.requestState !== "body") return;
      this.#http.write(chunk);
      if (this.#socket.writableNeedDrain) await drained(this.#socket);
    }
    if (this.#isOver) return;
    if (hasBegun) this.#http.end();
    else this.#http.request(head, null);
  }

  #read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (!this.#isPaused && !this.#isOver) {
        const event = this.#http.next();
        if (event === null) break;
        this.#handle(event);
      }
      if (this.#isPaused) this.#http.keep();
    } catch (error) {
      this.#fail(lostConnection(error));
    } finally {
      this.#isReading = false;
    }
  }

  #handle(event: ClientEvent): void {
    if (event.type === "response") {
      // `fetch` has no use for another protocol.
      if (event.status === 101) throw new Error("bad upgrade");
      const fields = event.fields.list.map((text) => Buffer.from(text, "latin1"));
      if (!this.#receiver.head(event.status, fields, event.reason)) this.#pause();
    } else if (event.type === "data") {
      if (!this.#receiver.data(Buffer.from(event.bytes))) this.#pause();
    } else if (event.type === "end") {
      this.#end();
      this.#receiver.end();
    } else if (event.type === "closed") this.#fail(lostConnection());
  }

  #pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  #resume(): void {
    if (!this.#isPaused || this.#isOver) return;
    this.#isPaused = false;
    // In a later turn: the reader may be within a call of ours.
    nextTick(() => {
      this.#read();
      if (this.#isPaused) return;
      this.#socket.resume();
      if (this.#socket.readableEnded) this.#fail(lostConnection());
    });
  }

  #end(): void {
    this.#isOver = true;
    this.#socket.resume();
    this.#socket.destroySoon();
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.destroy();
    this.#receiver.failed(error);
  }
}

/** Resolves when the socket takes more bytes, or is closed. Rejects with the error that has closed it. */
function drained(socket: MemorySocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      socket.off("drain", settle).off("close", settle);
      if (socket.errored === null) resolve();
      else reject(socket.errored);
    };
    socket.on("drain", settle).on("close", settle);
  });
}

/** The error of undici for a connection that ends before its response. */
function lostConnection(cause?: unknown): Error {
  const error = new Error("other side closed", cause === undefined ? {} : { cause });
  return Object.assign(error, { code: "UND_ERR_SOCKET" });
}

/** The fields of a request: an object, or pairs, or a flat list. Its length is the connection's to write. */
function fieldsOf(headers: unknown, host: string): { fields: string[]; length: number | undefined } {
  const fields: string[] = [];
  let length: number | undefined;
  let hasHost = false;
  for (const [name, value] of pairsOf(headers)) {
    const lower = name.toLowerCase();
    hasHost ||= lower === "host";
    if (lower === "content-length") length = Number(value);
    else fields.push(name, value);
  }
  if (!hasHost) fields.unshift("host", host);
  return { fields, length };
}

function pairsOf(headers: unknown): [string, string][] {
  if (headers === null || headers === undefined) return [];
  if (Array.isArray(headers) && !Array.isArray(headers[0])) {
    const flat = headers.map(String);
    return flat.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, flat[i + 1]!]] : []));
  }
  const entries =
    Symbol.iterator in (headers as object) ? [...(headers as Iterable<unknown>)] : Object.entries(headers);
  return entries.flatMap((entry) => {
    const [name, value] = entry as [string, unknown];
    return [value].flat().map((each): [string, string] => [name, String(each)]);
  });
}
