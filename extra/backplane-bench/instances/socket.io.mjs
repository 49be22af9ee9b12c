// socket.io: `socket.io.mjs redis|streams|recovery URL` is one instance; `socket.io.mjs cluster` runs two workers of node:cluster. With "recovery" the
// adapter is that of "streams", and clients that come back within two minutes get what they have missed.
import cluster from "node:cluster";
import { createServer } from "node:http";
import { createClient } from "@redis/client";
import { createAdapter as createClusterAdapter, setupPrimary } from "@socket.io/cluster-adapter";
import { createAdapter as createRedisAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { Server } from "socket.io";
import { announce } from "./announce.mjs";

const [, , kind, url] = process.argv;

if (kind === "cluster" && cluster.isPrimary) {
  setupPrimary();
  // What comes from one worker is passed on to the other by this process, so its time counts.
  process.stdout.write(`${JSON.stringify({ pid: process.pid })}\n`);
  for (let i = 0; i < 2; i++) cluster.fork();
  process.stdin.resume().on("end", () => process.exit());
} else {
  await listen();
}

async function listen() {
  const server = createServer();
  const io = new Server(server, {
    transports: ["websocket"],
    serveClient: false,
    // No pings within a round, as from the other contestants.
    pingInterval: 600_000,
    ...(kind === "recovery" ? { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } } : {}),
    adapter: await adapterOf(),
  });
  io.on("connection", (socket) => {
    const { topic } = socket.handshake.query;
    socket.join(topic);
    socket.on("m", (text) => void socket.to(topic).emit("m", text));
  });
  // Workers of node:cluster would share one port.
  server.listen({ port: 0, host: "127.0.0.1", exclusive: true }, () => {
    if (kind !== "cluster") return announce(server.address().port);
    process.stdout.write(`${JSON.stringify({ port: server.address().port, pid: process.pid })}\n`);
    process.on("disconnect", () => process.exit());
  });
}

async function adapterOf() {
  if (kind === "cluster") return createClusterAdapter();
  const client = createClient({ url });
  await client.connect();
  if (kind === "streams" || kind === "recovery") return createStreamsAdapter(client);
  const subscriber = client.duplicate();
  await subscriber.connect();
  return createRedisAdapter(client, subscriber);
}
