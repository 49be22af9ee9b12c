// Subscriptions, connections, and what happens when they end.

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { RedisClient } from "bun";
import { show, text, type Untyped } from "./show.ts";

const url = process.env.REDIS_URL!;
const address = url.slice("redis://".length);
const nothing = "redis://127.0.0.1:1";
/** Its constructor and its methods take anything. */
const Client = RedisClient as unknown as new (url: string, options?: object) => Client;
type Client = Omit<
  Untyped<RedisClient>,
  "connected" | "onclose" | "onconnect" | "close" | "duplicate" | "get"
> &
  Pick<RedisClient, "connected" | "onclose" | "onconnect" | "close"> & {
    duplicate(): Promise<Client>;
    get(key: string): Promise<unknown>;
  };
const log: string[] = [];

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !condition(); i++) await Bun.sleep(5);
}

function logged(client: Client): Client {
  client.onclose = (error: Error & { code?: string }) =>
    void log.push(`close ${error.message} ${error.code}`);
  return client;
}

const publisher = new Client(url);
await show("connect", async () => Object.keys((await publisher.connect()) as object).slice(0, 3));
await show("connected", () => publisher.connected);

const subscriber = await publisher.duplicate();
await show("duplicate", () => [subscriber.connected, subscriber instanceof RedisClient]);
const got: string[] = [];
const first = (message: string, channel: string) => got.push(`1:${message}:${channel}`);
const second = (message: string, channel: string) => got.push(`2:${message}:${channel}`);
const heard = async (count: number) => {
  await until(() => got.length >= count);
  return got.splice(0);
};
await show("subscribe", () => subscriber.subscribe("a", first));
await show("subscribe again", () => subscriber.subscribe("a", second));
await show("subscribe to several", () => subscriber.subscribe(["b", "c"], first));
await show("subscribe without a function", () => subscriber.subscribe("x"));
await show("subscribe to a number", () => subscriber.subscribe(5, first));
await show("publish a", () => publisher.publish("a", "hello"));
await show("publish b", () => publisher.publish("b", "bee"));
await show("heard", () => heard(3));
await show("get while subscribed", () => subscriber.get("k"));
await show("ping while subscribed", () => subscriber.ping());
await show("publish while subscribed", () => subscriber.publish("a", "x"));
await show("unsubscribe a function", () => subscriber.unsubscribe("a", first));
await show("publish a", () => publisher.publish("a", "again"));
await show("heard", () => heard(1));
await show("unsubscribe a", () => subscriber.unsubscribe("a"));
await show("unsubscribe an unknown", () => subscriber.unsubscribe("nope"));
await show("unsubscribe all", () => subscriber.unsubscribe());
await show("publish b", () => publisher.publish("b", "again"));
await show("get after that", () => subscriber.get("none"));
process.once("uncaughtException", (error) => got.push(error.message));
await show("a listener that throws", () =>
  subscriber.subscribe("t", () => {
    throw new Error("in a listener");
  }),
);
await publisher.publish("t", "x");
await show("heard", () => heard(1));
await subscriber.unsubscribe();
subscriber.close();
await show("after close", () => subscriber.get("x"));

const again = logged(new Client(url));
again.onconnect = () => void log.push("connect");
await again.get("k");
await until(() => log.length > 0);
again.close();
await until(() => log.length > 1);
await show("calls", () => log.splice(0));
await show("connect after close", async () => Object.keys((await again.connect()) as object).slice(0, 3));
await show("get", () => again.get("none"));
again.close();

for (const autoReconnect of [true, false]) {
  const killed = logged(new Client(url, { autoReconnect }));
  await killed.get("k");
  const id = await killed.send("CLIENT", ["ID"]);
  log.length = 0;
  await publisher.send("CLIENT", ["KILL", "ID", String(id)]);
  if (autoReconnect) {
    let answer = "nothing";
    await until(() => {
      void killed.get("none").then(
        (value: unknown) => (answer = String(value)),
        () => {},
      );
      return answer === "null";
    });
    await show("after a kill", () => [answer, killed.connected]);
  } else {
    await until(() => log.length > 0);
    await show("after a kill", () => [killed.connected, ...log]);
    await show("get", () => killed.get("k"));
  }
  killed.close();
}

log.length = 0;
const refused = logged(new Client(nothing, { maxRetries: 1 }));
await show("refused", () => refused.get("k"));
await show("refused connect", () => refused.connect());
await show("refused at once", () => logged(new Client(nothing, { autoReconnect: false })).get("k"));
await show("calls", () => log);
const online = new Client(url, { enableOfflineQueue: false });
await show("without a queue", () => online.get("k"));
await show("without a queue, connected", () => online.connect().then(() => online.get("none")));
online.close();
const database = new Client(`${url}/2`);
await show("a database", async () => / db=2 /.test(String(await database.send("CLIENT", ["INFO"]))));
database.close();
const valkey = new Client(`valkey://${address}`);
await show("valkey", () => valkey.ping());
valkey.close();
await show("another protocol", () => new Client("http://x"));
await show("no URL", () => new Client("::"));
await show("an option of another type", () => new Client(url, { connectionTimeout: "x" }));
await show("no socket", () => new Client("redis+unix:///tmp/none.sock", { maxRetries: 0 }).ping());
await show("no TLS", () =>
  new Client(`rediss://${address}`, { maxRetries: 0, connectionTimeout: 300 }).ping(),
);
await show("several at once", () =>
  Promise.all([publisher.set("a", 1), publisher.incr("a"), publisher.get("a")]),
);
await publisher.send("ACL", [
  ...["SETUSER", "limited", "on", ">secret", "~*", "+@all", "-getdel", "resetchannels"],
]);
const limited = new Client(`redis://limited:secret@${address}`);
await show("subscribe to a forbidden channel", () => limited.subscribe("forbidden", () => {}));
await show("get after that", () => limited.get("none"));
await show("a forbidden command", () => limited.getdel("none"));
limited.close();
const closing = new Client(url);
await show("closed while a command waits", async () => {
  await closing.connect();
  const waiting = closing.send("BLPOP", ["nothing-there", "5"]);
  closing.close();
  return waiting;
});
await show("the end", () => text([publisher.connected]));
const waiting = logged(new Client(nothing));
log.length = 0;
const asked = waiting.get("k");
const opened = waiting.connect();
const closed = async (promise: Promise<unknown>) => promise.catch(({ message }: Error) => message);
waiting.close();
await show("close while it connects", async () => [await closed(asked), await closed(opened), ...log]);
await show("get after that", () => waiting.get("k"));
const resumed = new Client(url);
const early = resumed.get("none");
resumed.close();
const late = resumed.connect().then(() => resumed.get("none"));
await show("close and connect", async () => [await closed(early), await late, resumed.connected]);
resumed.close();
// A server that never answers the login, and one of another protocol.
for (const answer of ["", "HTTP/1.1 400 Bad Request\r\n\r\n"]) {
  const other = createServer(
    (socket) => void socket.on("error", () => {}).on("data", () => socket.write(answer)),
  );
  await once(other.listen(0, "127.0.0.1"), "listening");
  const { port } = other.address() as AddressInfo;
  log.length = 0;
  for (const ask of ["get", "connect"] as const) {
    const client = logged(
      new Client(`redis://127.0.0.1:${port}`, { connectionTimeout: 400, idleTimeout: 100 }),
    );
    const code = client[ask]("k").catch((error: Error & { code: string }) => error.code);
    await show(`${ask} of no Redis`, async () => [await code, client.connected, ...log.splice(0)]);
    await show("get after that", () => client.get("k"));
  }
  other.close();
}
// What the server sends counts for `idleTimeout`, and not what the client sends.
const asking = logged(new Client(url, { idleTimeout: 2000 }));
for (let i = 0; i < 8; i++) {
  await asking.get("none");
  await Bun.sleep(300);
}
log.length = 0;
await show("replies in time", () => asking.connected);
await publisher.send("CLIENT", ["PAUSE", "20000", "WRITE"]);
const unanswered = closed(asking.set("k", "v"));
const timer = setInterval(() => void closed(asking.set("k", "v")), 50);
await until(() => log.length > 0);
clearInterval(timer);
await publisher.send("CLIENT", ["UNPAUSE"]);
await show("no replies", async () => [await unanswered, asking.connected, ...log.splice(0)]);
await show("get after that", () => asking.get("none"));
await show("connect after that", async () => [typeof (await asking.connect()), await asking.get("none")]);
asking.close();
const hearing = logged(new Client(url, { idleTimeout: 2000 }));
await hearing.subscribe("heard", () => {});
for (let i = 0; i < 8; i++) {
  await publisher.publish("heard", "x");
  await Bun.sleep(300);
}
log.length = 0;
await show("messages in time", () => hearing.connected);
await until(() => log.length > 0);
await show("no messages", () => [hearing.connected, ...log.splice(0)]);
// The process ends, though this client is not closed: it has no listeners.
const listening = new Client(url);
await listening.subscribe("a", first);
await show("unsubscribe twice", () => Promise.all([listening.unsubscribe("a"), listening.unsubscribe("a")]));
await show("get after that", () => listening.get("none"));
await listening.subscribe("a", first);
await show("unsubscribe and subscribe", () =>
  Promise.all([listening.unsubscribe("a"), listening.subscribe("b", first)]),
);
await show("unsubscribe", () => listening.unsubscribe("b"));
await show("get after that", () => listening.get("none"));
