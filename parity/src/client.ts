import { clientFrame, closePayload, type FrameOptions, OPCODE } from "@mantou/testing/websocket-frames";
import { Connection } from "./connection.ts";
import { takeFrame } from "./frames.ts";
import { takeResponse } from "./http-response.ts";
import { recordBytes, recordFrame, recordResponse } from "./record.ts";
import type { RuntimeHost, Started } from "./runtime.ts";

/** The fields of a valid handshake, with the key of RFC 6455 §1.3. */
export const HANDSHAKE: readonly string[] = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

/** A request with a Host, as text. */
export function request(line: string, fields: readonly string[] = [], content = ""): string {
  return [`${line} HTTP/1.1`, "Host: test", ...fields, "", content].join("\r\n");
}

/** What a scenario's client can do. The record has everything that it waits for, also what has not come. */
export class Client {
  readonly wire: Record<string, unknown>[] = [];
  readonly #host: RuntimeHost;
  readonly #started: Started;
  readonly #connections: Connection[] = [];

  constructor(host: RuntimeHost, started: Started) {
    this.#host = host;
    this.#started = started;
  }

  /** The server's. */
  get port(): number {
    return "port" in this.#started ? this.#started.port : 0;
  }

  connect(): HttpClient {
    const connection = new Connection(this.#started);
    this.#connections.push(connection);
    return new HttpClient(connection, this.wire);
  }

  /** As `connect`, but without TLS on a server that has it. */
  connectPlainly(): HttpClient {
    const connection = new Connection({ port: this.port, secure: false });
    this.#connections.push(connection);
    return new HttpClient(connection, this.wire);
  }

  /** One request on a connection of its own. */
  async ask(line: string, fields: readonly string[] = [], content = ""): Promise<void> {
    await this.connect().ask(line, fields, content);
  }

  /** Sends bytes on a connection of their own, and records everything until it is closed. */
  async raw(bytes: string): Promise<void> {
    const http = this.connect().write(bytes);
    await http.response();
    await http.closed();
  }

  /** Sends a handshake; `behind` goes in the same packet. */
  async websocket(
    path = "/",
    fields: readonly string[] = [],
    behind: Uint8Array | string = "",
  ): Promise<WebSocketClient> {
    const http = this.connect().write(request(`GET ${path}`, [...HANDSHAKE, ...fields]), behind);
    await http.response();
    return new WebSocketClient(http.connection, this.wire);
  }

  /** Resolves the server's `signal(name)`. */
  async signal(name: string): Promise<void> {
    await this.#host.signal(this.#started.run, name);
  }

  /** Waits until the server has made that many notes. */
  async noted(count: number): Promise<void> {
    await this.#host.notes(this.#started.run, count);
  }

  close(): void {
    for (const connection of this.#connections) connection.destroy();
  }
}

/** A connection that speaks HTTP, or tries to. */
export class HttpClient {
  readonly connection: Connection;
  readonly #wire: Record<string, unknown>[];

  constructor(connection: Connection, wire: Record<string, unknown>[]) {
    this.connection = connection;
    this.#wire = wire;
  }

  write(...pieces: (string | Uint8Array)[]): this {
    this.connection.write(...pieces);
    return this;
  }

  /** Waits for a response. */
  async response(to: { readonly head?: boolean } = {}): Promise<void> {
    const take = () => takeResponse(this.connection.received, to.head === true, this.connection.ended);
    const taken = await this.connection.until(take);
    this.connection.received = taken?.rest ?? this.connection.received;
    this.#wire.push(taken === null ? { nothing: this.#nothing() } : recordResponse(taken.response));
  }

  /** Waits for a response with a body that servers may choose: only its status, its type and its presence count. */
  async outline(): Promise<void> {
    const taken = await this.connection.until(() =>
      takeResponse(this.connection.received, false, this.connection.ended),
    );
    const type = taken?.response.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1];
    this.#wire.push({
      status: taken?.response.status,
      type,
      content: (taken?.response.body.length ?? 0) > 0,
    });
  }

  async ask(line: string, fields: readonly string[] = [], content = ""): Promise<void> {
    await this.write(request(line, fields, content)).response({ head: line.startsWith("HEAD ") });
  }

  /** Waits for that many bytes, besides those of the responses so far. */
  async bytes(count: number): Promise<void> {
    await this.connection.until(() => (this.connection.received.length >= count ? true : null));
    this.#wire.push({ bytes: recordBytes(this.connection.received) });
    this.connection.received = this.connection.received.subarray(this.connection.received.length);
  }

  /** Waits for the server to close the connection. */
  async closed(): Promise<void> {
    await this.connection.until(() => (this.connection.ended ? true : null));
    // Clients do so, and a server may wait for it.
    if (this.connection.ended) this.connection.end();
    this.#wire.push(
      this.connection.ended ? { closed: recordBytes(this.connection.received) } : { open: this.#nothing() },
    );
  }

  /** Ends the sending side. */
  end(): void {
    this.connection.end();
  }

  abort(): void {
    this.connection.abort();
  }

  #nothing(): string {
    const { ended, received } = this.connection;
    return `${ended ? "closed" : "open"} after ${received.length === 0 ? "nothing" : recordBytes(received)}`;
  }
}

/** A WebSocket that sends nothing by itself. */
export class WebSocketClient {
  readonly connection: Connection;
  readonly #wire: Record<string, unknown>[];

  constructor(connection: Connection, wire: Record<string, unknown>[]) {
    this.connection = connection;
    this.#wire = wire;
  }

  send(opcode: number, payload: string | Uint8Array = "", options?: FrameOptions): this {
    this.connection.write(clientFrame(opcode, payload, options));
    return this;
  }

  text(text: string): this {
    return this.send(OPCODE.text, text);
  }

  /** Sends a Close frame. */
  close(code: number, reason = ""): this {
    return this.send(OPCODE.close, closePayload(code, reason));
  }

  /** Waits for that many frames. */
  async frames(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const taken = await this.connection.until(() => takeFrame(this.connection.received));
      if (taken === null) {
        this.#wire.push({ frame: this.connection.ended ? "none, and closed" : "none" });
        return;
      }
      this.connection.received = taken.rest;
      this.#wire.push(recordFrame(taken.frame));
    }
  }

  /** Waits for the server to close the connection; frames until then are recorded. */
  async closed(): Promise<void> {
    await this.connection.until(() => (this.connection.ended ? true : null));
    for (let taken = takeFrame(this.connection.received); taken !== null; ) {
      this.connection.received = taken.rest;
      this.#wire.push(recordFrame(taken.frame));
      taken = takeFrame(this.connection.received);
    }
    this.#wire.push({ closed: this.connection.ended });
  }
}
