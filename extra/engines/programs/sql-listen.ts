// Subscriptions whose connection is lost: each is there once on the next one.
import { connect, createServer, type Socket } from "node:net";
import { SQL } from "bun";

// Bun says on standard error that it tries again.
console.warn = console.error = () => {};

const url = process.env.DATABASE_URL!;
const { port, hostname } = new URL(url);
const sockets = new Set<Socket>();
let commands = 0;
const proxy = createServer((client) => {
  const database = connect(Number(port), hostname);
  for (const [from, to] of [
    [client, database],
    [database, client],
  ] as const) {
    sockets.add(from);
    from.on("error", () => {}).on("close", () => to.destroy());
    from.on("data", (chunk) => {
      // The second LISTEN of all is lost with its connection, which has been logged in.
      if (from === client && /listen/i.test(String(chunk)) && ++commands === 2) client.destroy();
      else to.write(chunk);
    });
  }
});
await new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
const { port: proxied } = proxy.address() as { port: number };

const direct = new SQL(url, { max: 1 });
const heard: string[] = [];
const listens: string[] = [];
let onLoss: (() => unknown) | undefined;
const sql = new SQL(url.replace(/:\d+\//, `:${proxied}/`), { onclose: () => onLoss?.() });
const listen = (channel: string) =>
  sql.listen(
    channel,
    (payload) => heard.push(`${channel} ${payload}`),
    () => listens.push(channel),
  );
const until = async (isDone: () => boolean): Promise<void> => {
  for (let i = 0; i < 2000 && !isDone(); i++) await Bun.sleep(5);
};
const timesOf = (channel: string): number => listens.filter((each) => each === channel).length;

const first = await listen("first");
// The program subscribes while the connection is being opened again.
let second: Promise<SQL.ListenSubscription> | undefined;
onLoss = () => {
  second ??= Bun.sleep(20)
    .then(() => listen("second"))
    .catch(() => listen("second"));
};
for (const socket of sockets) socket.destroy();
await until(() => timesOf("first") === 2 && timesOf("second") === 1);
// Attempts that go on beside the one that has succeeded come within half a second.
await Bun.sleep(700);
console.log(listens.sort().join());
for (const channel of ["first", "second"]) await direct.notify(channel, "a");
await direct.notify("first", "b");
await until(() => heard.includes("first b"));
console.log(heard.sort().join());
await first.unlisten();
await direct.notify("first", "c");
await direct.notify("second", "d");
await until(() => heard.includes("second d"));
console.log(heard.sort().join());
await (await second!).unlisten();
await Promise.all([sql.close(), direct.close()]);
proxy.close();
