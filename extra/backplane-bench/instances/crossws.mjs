// crossws on a server of Node.js, whose topics its `sync` carries over Redis, by the same client as ours.
import { createServer } from "node:http";
import { createClient } from "@redis/client";
import crossws from "crossws/adapters/node";
import { redis } from "crossws/sync";
import { announce } from "./announce.mjs";

const client = createClient({ url: process.argv[2] });
await client.connect();

const topicOf = (peer) => new URL(peer.request.url).searchParams.get("topic");
const adapter = crossws({
  sync: redis({ client, channel: "crossws" }),
  hooks: {
    open(peer) {
      peer.context.topic = topicOf(peer);
      peer.subscribe(peer.context.topic);
    },
    message: (peer, message) => void peer.publish(peer.context.topic, message.text()),
  },
});

const server = createServer((_request, response) => response.writeHead(426).end());
server.on("upgrade", (request, socket, head) => {
  adapter.handleUpgrade(request, socket, head).catch((error) => socket.destroy(error));
});
server.listen(0, "127.0.0.1", () => announce(server.address().port));
