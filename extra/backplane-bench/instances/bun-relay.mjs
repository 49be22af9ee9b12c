// Bun with a relay as one writes it by hand: a channel for each topic with subscribers here, and the name of the instance before each
// message, by which it drops its own. The client of Redis is Bun's, which sends the commands of a turn together.
import { RedisClient } from "bun";
import { announce } from "./announce.mjs";

const publisher = new RedisClient(process.argv[2]);
const subscriber = new RedisClient(process.argv[2]);
await Promise.all([publisher.connect(), subscriber.connect()]);

const instance = crypto.randomUUID().slice(0, 8);
/** How many sockets are subscribed to each topic. */
const subscribed = new Map();

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request, self) {
    const topic = new URL(request.url).searchParams.get("topic");
    return self.upgrade(request, { data: { topic } }) ? undefined : new Response("", { status: 426 });
  },
  websocket: {
    open(ws) {
      const { topic } = ws.data;
      ws.subscribe(topic);
      const sockets = subscribed.get(topic) ?? 0;
      subscribed.set(topic, sockets + 1);
      if (sockets === 0) subscriber.subscribe(topic, receive).catch(fail);
    },
    message(ws, text) {
      const { topic } = ws.data;
      ws.publish(topic, text);
      publisher.publish(topic, instance + text).catch(fail);
    },
    close(ws) {
      const { topic } = ws.data;
      const left = subscribed.get(topic) - 1;
      subscribed.set(topic, left);
      if (left === 0) subscriber.unsubscribe(topic).catch(fail);
    },
  },
});

function receive(message, topic) {
  if (!message.startsWith(instance)) server.publish(topic, message.slice(instance.length));
}

function fail(error) {
  console.error(error);
  process.exit(1);
}

announce(server.port);
