import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { crossws, packageFolder } from "../cache.ts";
import { announce, requestedApp } from "./announce.ts";
import { topicsOf } from "./topics.ts";

/** crossws on a plain server of Node.js, whose WebSockets are those of `ws`, with the topics that it adds to them. */
interface Peer {
  readonly context: { topics?: readonly string[] };
  send(data: unknown): void;
  subscribe(topic: string): void;
  publish(topic: string, data: unknown): void;
}
interface Message {
  /** As it came: text is text, and goes back as that. */
  readonly rawData: unknown;
  text(): string;
}
interface Hooks {
  open?(peer: Peer): void;
  message(peer: Peer, message: Message): void;
}
interface Adapter {
  readonly handleUpgrade: (request: unknown, socket: unknown, head: unknown) => Promise<void>;
}

const { default: adapter } = (await import(
  pathToFileURL(join(packageFolder(crossws), "dist/adapters/node.mjs")).href
)) as { readonly default: (options: { readonly hooks: Hooks }) => Adapter };

let clients = 0;

/** Text only: the type of a binary message is an option here, and no scenario with topics has one. */
const publish = (peer: Peer, topic: string, message: Message): void => {
  const text = message.text();
  peer.publish(topic, text);
  // `publish` leaves out the publisher.
  peer.send(text);
};

const apps: Readonly<Record<string, Hooks>> = {
  echo: { message: (peer, message) => peer.send(message.rawData) },
  chat: {
    open: (peer) => peer.subscribe("room"),
    message: (peer, message) => publish(peer, "room", message),
  },
  topics: {
    open: (peer) => {
      const topics = topicsOf(clients++);
      peer.context.topics = topics;
      for (const topic of topics) peer.subscribe(topic);
    },
    message: (peer, message) => publish(peer, peer.context.topics![0]!, message),
  },
};

const { handleUpgrade } = adapter({ hooks: apps[requestedApp(Object.keys(apps))]! });
const server = createServer((_request, response) => response.writeHead(426).end());
server.on("upgrade", (request, socket, head) => {
  handleUpgrade(request, socket, head).catch((error: unknown) => socket.destroy(error as Error));
});
server.listen(0, "127.0.0.1", () => announce((server.address() as AddressInfo).port));
