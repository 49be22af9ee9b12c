import type { MessageKind } from "./load/messages.ts";

/** The apps of the servers. Each file of `servers/` takes one of these names as its only argument. */
export type App =
  | "hello"
  | "hello-tls"
  | "static"
  | "routed"
  | "routed-500"
  | "json"
  | "body-64k"
  | "upload"
  | "file"
  | "stream"
  | "echo"
  | "echo-deflate"
  | "echo-dedicated"
  | "echo-tls"
  | "chat"
  | "chat-deflate"
  | "topics";

interface Common {
  readonly name: string;
  /** One line for the heading of the table. */
  readonly title: string;
  readonly app: App;
  /** Open connections during the whole round. */
  readonly connections: number;
}

export interface HttpScenario extends Common {
  readonly kind: "http";
  /** The name of an operation, in the plural: the unit of the rate. Mebibytes are those of the responses' bodies. */
  readonly unit: "requests" | "connections" | "MiB received";
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Fields of the request besides Host and those about its content. */
  readonly fields: Readonly<Record<string, string>>;
  /** The body of each request, if any. */
  readonly content: Content | undefined;
  /**
   * The body of each contestant's response, checked before the measurement; for a very long body, its number of
   * bytes.
   */
  readonly body: string | number;
  /** Requests sent in one write; the next such write follows when all have their responses. */
  readonly pipeline: number;
  readonly tls: boolean;
  /** Whether each request has a connection of its own, which the server closes after its response. */
  readonly fresh: boolean;
}

/** The content of a request. */
export interface Content {
  readonly kind: MessageKind;
  readonly bytes: number;
}

export interface WebSocketScenario extends Common {
  readonly kind: "websocket";
  readonly unit: "messages received";
  readonly message: MessageKind;
  /** Bytes of each message, before compression. */
  readonly payload: number;
  /** Whether permessage-deflate (RFC 7692), without context takeover, is used both ways. */
  readonly deflate: boolean;
  /** Messages each client that talks sends before it waits. */
  readonly inFlight: number;
  /** Messages that are received, by all clients together, for each one sent: 1 for an echo, the number of clients for a chat. */
  readonly fanOut: number;
  /** How many of the clients send anything. */
  readonly talkers: number;
  /**
   * Whether the talking clients send again only when all clients have received everything, for rooms with clients that listen
   * and could fall behind. Otherwise each client sends again when it has itself received `fanOut` messages for each it sent.
   */
  readonly together: boolean;
}

/** Connections that are opened, upgraded and closed. */
export interface UpgradeScenario extends Common {
  readonly kind: "upgrade";
  readonly unit: "upgrades";
}

export type Scenario = HttpScenario | WebSocketScenario | UpgradeScenario;
