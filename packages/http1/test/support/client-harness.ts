import { ClientConnection, type ClientConnectionOptions } from "../../src/client-connection.ts";
import type { ClientEvent, IncomingResponse } from "../../src/events.ts";
import { type SeenContent, StepHarness, seeContent } from "./step-harness.ts";

/** An event as something to compare; of a response the status. */
export type Seen = ["response" | "interim", number] | SeenContent;

/** A client's connection, step by step. */
export class ClientHarness extends StepHarness<ClientEvent, Seen> {
  readonly connection: ClientConnection;
  head: IncomingResponse | null = null;

  constructor(options: ClientConnectionOptions = {}) {
    super();
    this.connection = new ClientConnection(this.output, options);
  }

  /** Sends a request without content. */
  send(method = "GET", target = "/", fields: readonly string[] = []): this {
    this.connection.request({ method, target, fields: ["Host", "a", ...fields] }, null);
    return this;
  }

  /** Starts a request with content. */
  start(length?: number, fields: readonly string[] = [], method = "POST"): this {
    this.connection.start({ method, target: "/", fields: ["Host", "a", ...fields] }, length);
    return this;
  }

  protected see(event: ClientEvent): Seen {
    if (event.type === "interim") return ["interim", event.status];
    if (event.type !== "response") return seeContent(event);
    this.head = event;
    return ["response", event.status];
  }
}

/** A response with content "ok", as text. */
export function response(
  options: { status?: number; fields?: string; content?: string; minor?: number } = {},
): string {
  const { status = 200, fields = "", content = "ok", minor = 1 } = options;
  return `HTTP/1.${minor} ${status} \r\n${fields}Content-Length: ${content.length}\r\n\r\n${content}`;
}
