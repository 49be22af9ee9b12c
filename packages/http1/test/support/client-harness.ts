import { Buffer } from "node:buffer";
import { ClientConnection, type ClientConnectionOptions } from "../../src/client-connection.ts";
import type { ClientEvent, IncomingResponse } from "../../src/events.ts";
import { bytesOf } from "./check.ts";
import { drainClient, feedClient } from "./drive-client.ts";
import { Recorder } from "./recorder.ts";

/** An event as something to compare: the status of a response, the text of data, the trailers of an end. */
export type Seen = ["response" | "interim", number] | ["data", string] | ["end", ...string[]] | ["closed"];

/** A client's connection for tests that go through it step by step: text in, what was seen and written out. */
export class ClientHarness {
  readonly connection: ClientConnection;
  readonly output: Recorder = new Recorder();
  head: IncomingResponse | null = null;

  constructor(options: ClientConnectionOptions = {}) {
    this.connection = new ClientConnection(this.output, options);
  }

  /** Sends a request without content. */
  send(method = "GET", target = "/", fields: readonly string[] = []): this {
    this.connection.request({ method, target, fields: ["Host", "a", ...fields] }, null);
    return this;
  }

  /** Begins a request with content. */
  start(length?: number, fields: readonly string[] = [], method = "POST"): this {
    this.connection.start({ method, target: "/", fields: ["Host", "a", ...fields] }, length);
    return this;
  }

  receive(text: string | Uint8Array): Seen[] {
    const seen: Seen[] = [];
    feedClient(this.connection, bytesOf(text), (event) => seen.push(this.#see(event)));
    return seen;
  }

  next(): Seen[] {
    const seen: Seen[] = [];
    drainClient(this.connection, (event) => seen.push(this.#see(event)));
    return seen;
  }

  end(): Seen[] {
    this.connection.receiveEnd();
    return this.next();
  }

  /** What was written since the last time. */
  written(): string {
    return this.output.take();
  }

  #see(event: ClientEvent): Seen {
    switch (event.type) {
      case "response":
        this.head = event;
        return ["response", event.status];
      case "interim":
        return ["interim", event.status];
      case "data":
        return ["data", Buffer.from(event.bytes).toString("latin1")];
      case "end":
        return ["end", ...event.trailers.list];
      case "closed":
        return ["closed"];
    }
  }
}

/** A response with content "ok", as text. */
export function response(
  options: { status?: number; fields?: string; content?: string; minor?: number } = {},
): string {
  const { status = 200, fields = "", content = "ok", minor = 1 } = options;
  return `HTTP/1.${minor} ${status} \r\n${fields}Content-Length: ${content.length}\r\n\r\n${content}`;
}
