import type { IncomingRequest, ServerEvent } from "../../src/events.ts";
import { ServerConnection, type ServerConnectionOptions } from "../../src/server-connection.ts";
import { type SeenContent, StepHarness, seeContent } from "./step-harness.ts";

/** An event as something to compare; of a request the target. */
export type Seen = ["request", string] | SeenContent;

/** A server's connection, step by step. */
export class Harness extends StepHarness<ServerEvent, Seen> {
  readonly connection: ServerConnection;
  head: IncomingRequest | null = null;

  constructor(options: ServerConnectionOptions = {}) {
    super();
    this.connection = new ServerConnection(this.output, options);
  }

  protected see(event: ServerEvent): Seen {
    if (event.type !== "request") return seeContent(event);
    this.head = event;
    return ["request", event.target];
  }
}

/** A request without content, as text. */
export function request(
  options: { method?: string; target?: string; minor?: number; fields?: string } = {},
): string {
  const { method = "GET", target = "/", minor = 1, fields = "" } = options;
  return `${method} ${target} HTTP/1.${minor}\r\nHost: a\r\n${fields}\r\n`;
}

/** A connection that has received one whole request, whose response is due. */
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
