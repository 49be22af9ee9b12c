import { createWebSocketProxy, defineHooks, type Hooks, type Peer } from "crossws";
import { serve } from "crossws/server";
import { broadcastChannel } from "crossws/sync";

const closed: unknown[] = [];
const drains: number[] = [];

const rooms = defineHooks({
  upgrade(request) {
    const url = new URL(request.url);
    const name = url.searchParams.get("name");
    if (name === null) return new Response("a name is needed", { status: 400, headers: { "x-why": "name" } });
    if (name === "thrown") throw Response.json({ thrown: true }, { status: 402 });
    return {
      headers: { "x-room": "tea", "set-cookie": `name=${name}` },
      context: { name, agent: request.headers.get("x-agent") },
      namespace: url.searchParams.get("space") ?? "main",
    };
  },
  open(peer) {
    peer.subscribe("room");
    peer.send({
      welcome: peer.context.name,
      agent: peer.context.agent,
      peers: peer.peers.size,
      address: peer.remoteAddress,
      path: new URL(peer.request.url).pathname,
    });
    peer.publish("room", `${peer.context.name} joined`);
  },
  async message(peer, message) {
    const text = message.text();
    switch (text) {
      case "topics":
        return void peer.send([...peer.topics]);
      case "leave":
        peer.unsubscribe("room");
        return void peer.send("left");
      case "close":
        return peer.close(4100, "closed on request");
      case "terminate":
        return peer.terminate();
      case "ping":
        return void peer.ping("beat");
      case "socket": {
        const { url, protocol, extensions, readyState } = peer.websocket;
        return void peer.send({ url: new URL(url!).pathname, protocol, extensions, readyState });
      }
      case "fill":
        for (let i = 0; i < 40; i++) peer.send(new Uint8Array(100_000));
        await peer.waitForDrain({ pollInterval: 5 });
        return void peer.send(`drained to ${peer.bufferedAmount}`);
      case "server":
        return void server.bun?.server?.publish(
          "room",
          JSON.stringify({ from: "server", space: peer.namespace }),
        );
      default:
        peer.publish("room", `${peer.context.name}: ${text}`);
    }
  },
  drain: (peer) => void drains.push(peer.bufferedAmount),
  pong: (peer, data) => void peer.send(`pong ${new TextDecoder().decode(data)}`),
  close(peer, { code, reason }) {
    closed.push([peer.context.name, code, reason]);
    peer.publish("room", `${peer.context.name} is gone`);
  },
});

const bytes = defineHooks({
  upgrade: (request) => {
    const offered = request.headers.get("sec-websocket-protocol") ?? "";
    return offered.includes("v2") ? { protocol: "v2" } : undefined;
  },
  message(peer, message) {
    const { rawData } = message;
    const kind = typeof rawData === "string" ? "text" : rawData?.constructor.name;
    peer.send(`${kind} ${message.uint8Array().length} ${new Uint8Array(message.arrayBuffer()).length}`);
    peer.send(message.uint8Array());
    if (message.text().startsWith("{")) peer.send({ parsed: message.json() });
    peer.send(message.uint8Array().buffer.byteLength >= 0 ? 7 : 0, { compress: true });
  },
});

const hooksByPath: Record<string, Partial<Hooks>> = {
  "/rooms": rooms,
  "/bytes": bytes,
  "/proxy": createWebSocketProxy({
    target: (peer: Peer) => `ws://127.0.0.1:${port()}/bytes${new URL(peer.request.url).search}`,
  }),
  "/dead": createWebSocketProxy("ws://127.0.0.1:9/"),
};

const server = serve({
  port: process.env.PORT,
  hostname: "127.0.0.1",
  silent: true,
  gracefulShutdown: false,
  websocket: {
    resolve: (request) =>
      hooksByPath[new URL(request.url).pathname] ?? {
        upgrade: () => new Response("no such socket", { status: 404 }),
      },
    options: { bun: { idleTimeout: 60, sync: broadcastChannel({ channel: "rooms" }) } },
  },
  fetch: (request) =>
    new URL(request.url).pathname === "/closed"
      ? Response.json({ closed, drained: drains.every((left) => left === 0) })
      : new Response("a socket is at /rooms", { status: 426, headers: { upgrade: "websocket" } }),
});

function port(): string {
  return new URL(server.url!).port;
}

await server.ready();
console.log(new URL(server.url!).origin);
