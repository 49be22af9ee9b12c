import { type TopicEvents, TopicSocket, type TopicSocketOptions } from "../../src/index.ts";
import { FakeClock } from "./fake-clock.ts";
import { Network } from "./fake-socket.ts";

const EVENTS: readonly (keyof TopicEvents)[] = [
  "open",
  "message",
  "direct",
  "gap",
  "subscribed",
  "live",
  "unsubscribed",
  "presence",
  "close",
];

/** A client in a network and a time of its own, and all that it has told, one line each. */
export interface Started {
  readonly client: TopicSocket;
  readonly network: Network;
  readonly clock: FakeClock;
  readonly told: string[];
}

/** @param random what each question gives: the longest waits by default */
export function start(options: TopicSocketOptions = {}, random: () => number = () => 1): Started {
  const network = new Network();
  const clock = new FakeClock();
  const { WebSocket } = network;
  const client = new TopicSocket("ws://host/chat", { WebSocket, timers: clock, random, ...options });
  const told: string[] = [];
  for (const event of EVENTS) {
    client.on(event, (detail) =>
      told.push(detail === undefined ? event : `${event} ${JSON.stringify(detail)}`),
    );
  }
  return { client, network, clock, told };
}

/** The same with its first connection made. */
export function startOpen(options?: TopicSocketOptions): Started {
  const started = start(options);
  started.network.last.accept();
  started.told.length = 0;
  return started;
}

/** Messages alone, in one text. */
export function messagesOf(told: readonly string[]): string {
  return told
    .filter((line) => line.startsWith("message "))
    .map((line) => (JSON.parse(line.slice(8)) as { data: string }).data)
    .join(" ");
}

export function bytesOf(text: string): ArrayBuffer {
  const { buffer, byteLength } = new TextEncoder().encode(text);
  return buffer.slice(0, byteLength) as ArrayBuffer;
}
