// Queries that are started, and that nothing awaits: which of their failures are reported.
import { connect, createServer, type Socket } from "node:net";
import { SQL } from "bun";

const url = process.env.DATABASE_URL!;
const reported: string[] = [];
process.on("unhandledRejection", (error: Error & { code?: string }) => {
  reported.push(error.code ?? `${error.name}: ${error.message}`);
});

/** Prints what is reported: the first report, or none within some time. */
async function ask(name: string, start: () => unknown, isReported = false): Promise<void> {
  await start();
  for (let i = 0; i < 2000 && isReported && reported.length === 0; i++) await Bun.sleep(5);
  if (!isReported) await Bun.sleep(150);
  console.log(name, "->", reported.splice(0).join("; ") || "nothing");
}

const open = (options: object = {}, to = url): SQL => new SQL(to, { max: 1, ...options });
const sql = open({ max: 2 });
await sql`select 1`;
await ask("the server's error", () => void sql`select 1/0`.execute());
await ask("by finally", () => void sql`select 1/0`.finally(() => {}));
await ask("by then", () => void sql`select 1/0`.then(() => {}), true);
await ask(
  "its own error in finally",
  () => void sql`select 1`.finally(() => Promise.reject(new Error("own"))),
  true,
);
await ask(
  "nobody listens",
  () => void open({}, "postgres://postgres@127.0.0.1:1/x")`select 1`.execute(),
  true,
);
await ask(
  "nobody listens, by finally",
  () => void open({}, "postgres://postgres@127.0.0.1:1/x")`select 1`.finally(() => {}),
);
await ask(
  "the login fails",
  () => void open({}, url.replace("postgres@", "nouser@"))`select 1`.execute(),
  true,
);
await ask("no columns", () => void sql`insert into t ${sql({})}`.execute(), true);
await ask("too many parameters", () => void sql.unsafe("select 1", Array(70_000).fill(1)).execute());
await ask("an unsafe begin", () => void sql`begin`.execute(), true);
await ask("no file", () => void sql.file("/none.sql").execute(), true);
await ask("cancelled before", () => void sql`select 1`.cancel().execute());
await ask("cancelled on the server", () => {
  const query = sql`select pg_sleep(600)`.execute();
  setTimeout(() => query.cancel(), 50);
});
await ask("caught in time", () => void sql`select 1/0`.execute().catch(() => {}));
{
  const reserved = await sql.reserve();
  const [{ pid }] = await reserved`select pg_backend_pid() pid`;
  await ask("killed", async () => {
    reserved`select pg_sleep(600)`.execute();
    await Bun.sleep(50);
    await sql`select pg_terminate_backend(${pid})`;
  });
  await ask("on a reserved connection that is lost", () => void reserved`select 1`.execute());
  await reserved.release();
  await ask("released", () => void reserved`select 1`.execute());
}
{
  let ended: SQL | undefined;
  await sql.begin(async (tx) => {
    ended = tx;
  });
  await ask("behind its transaction", () => void ended!`select 1`.execute());
}
await ask("in a transaction", () =>
  sql
    .begin(async (tx) => void tx`select 1/0`.execute())
    .catch(({ code }: Error & { code: string }) => console.log(code)),
);
await ask(
  "no columns, in a transaction",
  () => sql.begin(async (tx) => void tx`insert into t ${sql({})}`.execute()),
  true,
);
{
  const own = open();
  using _reserved = await own.reserve();
  const query = own`select 1`.execute();
  await ask("cancelled while it waits", () => void query.cancel(), true);
}
{
  const own = open();
  using _reserved = await own.reserve();
  own`select 1`.execute();
  await ask("closed at once, while it waits", () => void own.close({ timeout: 0 }));
}
{
  const own = open();
  await own`select 1`;
  own`select pg_sleep(600)`.execute();
  await Bun.sleep(50);
  await ask("closed at once, while it runs", () => own.close({ timeout: 0 }));
  await ask("closed before", () => void own`select 1`.execute(), true);
  await ask("closed before, by finally", () => void own`select 1`.finally(() => {}));
}
{
  const { port, hostname } = new URL(url);
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    const database = connect(Number(port), hostname);
    client.pipe(database).pipe(client);
    for (const each of [client, database]) sockets.push(each.on("error", () => {}));
  });
  await new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
  const own = open({}, url.replace(/:\d+\//, `:${(proxy.address() as { port: number }).port}/`));
  await own`select 1`;
  own`select pg_sleep(600)`.execute();
  await Bun.sleep(50);
  await ask("the connection is cut", () => {
    for (const socket of sockets) socket.destroy();
  });
  await own.close();
  proxy.close();
}
await sql.close();
