import { Buffer } from "node:buffer";
import type { IncomingRequest } from "../../src/events.ts";
import { ServerConnection, type ServerConnectionOptions } from "../../src/server-connection.ts";
import { bytesOf } from "./check.ts";
import { drain, feed } from "./drive.ts";
import { Recorder } from "./recorder.ts";

/** An event as something to compare: the target of a request, the text of data, the trailers of an end. */
export type Seen = ["request", string] | ["data", string] | ["end", ...string[]] | ["closed"];

/** A connection for tests that go through it step by step: text in, what was seen and written out. */
export class Harness {
  readonly connection: ServerConnection;
  readonly output: Recorder = new Recorder();
  head: IncomingRequest | null = null;

  constructor(options: ServerConnectionOptions = {}) {
    this.connection = new ServerConnection(this.output, options);
  }

  /** Receives the text and takes all events that it makes possible. */
  receive(text: string | Uint8Array): Seen[] {
    const seen: Seen[] = [];
    feed(this.connection, bytesOf(text), (event) => seen.push(this.#see(event)));
    return seen;
  }

  /** Takes the events that an answer, or the end of input, has made possible. */
  next(): Seen[] {
    const seen: Seen[] = [];
    drain(this.connection, (event) => seen.push(this.#see(event)));
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

  #see(event: NonNullable<ReturnType<ServerConnection["next"]>>): Seen {
    switch (event.type) {
      case "request":
        this.head = event;
        return ["request", event.target];
      case "data":
        return ["data", Buffer.from(event.bytes).toString("latin1")];
      case "end":
        return ["end", ...event.trailers.list];
      case "closed":
        return ["closed"];
    }
  }
}

/** A request without content, as text. */
export function request(
  options: { method?: string; target?: string; minor?: number; fields?: string } = {},
): string {
  const { method = "GET", target = "/", minor = 1, fields = "" } = options;
  return `${method} ${target} HTTP/1.${minor}\r\nHost: a\r\n${fields}\r\n`;
}

/** A connection that has received one whole request and owes an answer. */
export function pending(
  options: Parameters<typeof request>[0] = {},
  connection: ServerConnectionOptions = {},
): Harness {
  const harness = new Harness(connection);
  harness.receive(request(options));
  return harness;
}

/** A request with this chunked content, as text. */
export function chunked(body: string): string {
  return request({ method: "POST", fields: "Transfer-Encoding: chunked\r\n" }) + body;
}

/** The status with which a server has to refuse the bytes. */
export function statusOf(text: string, end = false): number {
  const server = new Harness();
  try {
    server.receive(text);
    if (end) server.end();
  } catch (error) {
    return (error as { status: number }).status;
  }
  throw new Error("The bytes were not refused");
}
