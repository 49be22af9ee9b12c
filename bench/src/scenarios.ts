import type { MessageKind } from "./load/messages.ts";

/** What a server is asked to be. Each file of `servers/` takes one of these names as its only argument. */
export type App =
  | "hello"
  | "static"
  | "routed"
  | "echo"
  | "echo-deflate"
  | "echo-dedicated"
  | "chat"
  | "chat-deflate";

interface Common {
  readonly name: string;
  /** One line for the heading of the table. */
  readonly title: string;
  readonly app: App;
  /** Open connections during the whole round. */
  readonly connections: number;
  /** What one operation is, in the plural: the unit of the rate. */
  readonly unit: "requests" | "messages received";
}

export interface HttpScenario extends Common {
  readonly kind: "http";
  readonly path: string;
  /** The body each contestant must answer with, checked before anything is measured. */
  readonly body: string;
  /** Requests sent in one write; the next such write follows when all are answered. */
  readonly pipeline: number;
}

export interface WebSocketScenario extends Common {
  readonly kind: "websocket";
  readonly message: MessageKind;
  /** Bytes of each message, before compression. */
  readonly payload: number;
  /** Whether permessage-deflate (RFC 7692), without context takeover, is used both ways. */
  readonly deflate: boolean;
  /** Messages each client sends before it waits. */
  readonly inFlight: number;
  /** Messages that each client receives for each one it sent: 1 for an echo, the number of clients for a chat. */
  readonly fanOut: number;
}

export type Scenario = HttpScenario | WebSocketScenario;

function http(
  name: string,
  app: App,
  path: string,
  body: string,
  pipeline: number,
  title: string,
): HttpScenario {
  return { kind: "http", name, title, app, path, body, pipeline, connections: 64, unit: "requests" };
}

function echo(
  name: string,
  message: "text" | "binary",
  payload: number,
  connections: number,
  inFlight: number,
  title: string,
): WebSocketScenario {
  const unit = "messages received";
  return {
    kind: "websocket",
    name,
    title,
    app: "echo",
    connections,
    message,
    payload,
    deflate: false,
    inFlight,
    fanOut: 1,
    unit,
  };
}

function compressedEcho(name: string, payload: number, title: string): WebSocketScenario {
  return {
    ...echo(name, "text", payload, 64, 1, title),
    app: "echo-deflate",
    message: "json",
    deflate: true,
  };
}

function chat(name: string, clients: number, inFlight: number, title: string): WebSocketScenario {
  return {
    kind: "websocket",
    name,
    title,
    app: "chat",
    connections: clients,
    message: "text",
    payload: 32,
    deflate: false,
    inFlight,
    // Every message goes to everyone in the room, its sender included.
    fanOut: clients,
    unit: "messages received",
  };
}

function compressedChat(name: string, clients: number, payload: number, title: string): WebSocketScenario {
  return { ...chat(name, clients, 1, title), app: "chat-deflate", message: "json", payload, deflate: true };
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
  http("hello", "hello", "/", "Bun!", 1, "GET / answered with a new Response, 64 connections"),
  http("static", "static", "/", "Bun!", 1, "GET / answered by a static route, 64 connections"),
  http("pipelined", "hello", "/", "Bun!", 16, "GET / ×16 pipelined, 64 connections"),
  http(
    "routed",
    "routed",
    "/users/4711",
    "user 4711",
    1,
    "GET /users/:id by a route's handler, 64 connections",
  ),
  echo("ws-echo", "text", 64, 64, 1, "WebSocket echo, 64 B text, 64 connections"),
  echo("ws-echo-binary", "binary", 64, 64, 1, "WebSocket echo, 64 B binary, 64 connections"),
  echo("ws-echo-16", "text", 64, 64, 16, "WebSocket echo, 64 B text, 64 connections, 16 in flight on each"),
  echo("ws-echo-16k", "text", 16 * KIB, 64, 1, "WebSocket echo, 16 KiB text, 64 connections"),
  echo("ws-echo-16k-binary", "binary", 16 * KIB, 64, 1, "WebSocket echo, 16 KiB binary, 64 connections"),
  echo("ws-echo-1m", "text", MIB, 8, 1, "WebSocket echo, 1 MiB text, 8 connections"),
  echo("ws-echo-1m-binary", "binary", MIB, 8, 1, "WebSocket echo, 1 MiB binary, 8 connections"),
  compressedEcho("ws-deflate-200", 200, "compressed WebSocket echo, 200 B JSON, 64 connections"),
  compressedEcho("ws-deflate-4k", 4 * KIB, "compressed WebSocket echo, 4 KiB JSON, 64 connections"),
  chat("chat-16", 16, 1, "chat room of 16 clients, 32 B text, each waits for all"),
  chat("chat-32", 32, 1, "chat room of 32 clients, 32 B text, each waits for all"),
  chat("chat-16x16", 16, 16, "chat room of 16 clients, 32 B text, 16 in flight from each"),
  compressedChat(
    "chat-16-deflate",
    16,
    200,
    "compressed chat room of 16 clients, 200 B JSON, each waits for all",
  ),
];

/** @throws Error naming the scenarios there are. */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const known = scenarios.map((scenario) => scenario.name).join(", ");
  throw new Error(`there is no scenario "${name}"; there are: ${known}`);
}
