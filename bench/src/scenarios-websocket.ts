import type { UpgradeScenario, WebSocketScenario } from "./scenario.ts";

function echo(
  name: string,
  message: "text" | "binary",
  payload: number,
  connections: number,
  inFlight: number,
  title: string,
): WebSocketScenario {
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
    talkers: connections,
    together: false,
    unit: "messages received",
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
    talkers: clients,
    together: false,
    unit: "messages received",
  };
}

function compressedChat(name: string, clients: number, payload: number, title: string): WebSocketScenario {
  return { ...chat(name, clients, 1, title), app: "chat-deflate", message: "json", payload, deflate: true };
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** The clients that talk in a room of 1,000: if all did, one exchange would be a million messages, and take longer than a window. */
const fewTalk = { talkers: 16, together: true };

export const webSocketScenarios: readonly (WebSocketScenario | UpgradeScenario)[] = [
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
  chat("chat-100", 100, 1, "chat room of 100 clients, 32 B text, each waits for all"),
  chat("chat-16x16", 16, 16, "chat room of 16 clients, 32 B text, 16 in flight from each"),
  { ...chat("chat-1000", 1_000, 1, "chat room of 1,000 clients, 32 B text, 16 of them talk"), ...fewTalk },
  compressedChat(
    "chat-16-deflate",
    16,
    200,
    "compressed chat room of 16 clients, 200 B JSON, each waits for all",
  ),
  compressedChat(
    "chat-100-deflate",
    100,
    200,
    "compressed chat room of 100 clients, 200 B JSON, each waits for all",
  ),
  {
    ...compressedChat(
      "chat-1000-deflate",
      1_000,
      200,
      "compressed chat room of 1,000 clients, 200 B JSON, 16 of them talk",
    ),
    ...fewTalk,
  },
  {
    ...chat("publish-10000", 10_000, 1, "publish of 32 B text to 10,000 subscribers"),
    talkers: 1,
    together: true,
  },
  {
    ...chat("topics-1000", 1_000, 1, "1,000 topics of 10 subscribers, 1,000 clients, 32 B text"),
    app: "topics",
    fanOut: 10,
    // Each waits for ten others, and they for yet others: a client that went on alone would leave the rest waiting.
    together: true,
  },
  {
    kind: "upgrade",
    name: "upgrades",
    title: "connect, WebSocket handshake, closing handshake; 64 at once",
    app: "echo",
    connections: 64,
    unit: "upgrades",
  },
];
