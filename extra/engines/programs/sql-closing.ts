// How clients end: by close(), again by close() with a shorter time, and with connections that are lost meanwhile.
import { connect, createServer, type Socket } from "node:net";
import { SQL } from "bun";
import { show } from "./show.ts";

const url = process.env.DATABASE_URL!;
const open = (to = url): SQL => new SQL(to, { max: 1 });

/** A query that runs on the server. */
async function running(sql: SQL): Promise<{ query: SQL.Query<unknown> }> {
  await sql`select 1`;
  const query = sql`select pg_sleep(600)`.execute();
  query.catch(() => {});
  await Bun.sleep(100);
  return { query };
}

/** Something that listens in place of the database. */
async function inPlace(onConnection: (socket: Socket) => void): Promise<{ url: string; end(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const end = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: url.replace(/:\d+\//, `:${port}/`), end };
}

for (const [name, ...timeouts] of [
  ["again, at once", undefined, 0],
  ["again, sooner", 600, 0.1],
  ["again, later", 0.1, 600],
  ["again, at some time", 0, undefined],
] as const) {
  const sql = open();
  const { query } = await running(sql);
  const closes: Promise<void>[] = [];
  for (const timeout of timeouts) {
    closes.push(sql.close(timeout === undefined ? {} : { timeout }));
    await Bun.sleep(20);
  }
  await Promise.all(closes);
  await show(name, () => query);
}
{
  const silent = await inPlace(() => {});
  const sql = open(silent.url);
  const query = sql`select 1`.execute();
  query.catch(() => {});
  await Bun.sleep(50);
  const first = sql.close();
  await Bun.sleep(20);
  await sql.close({ timeout: 0 });
  await first;
  await show("again, before the login", () => query);
  silent.end();
}
{
  const { hostname, port } = new URL(url);
  const proxy = await inPlace((socket) => {
    const database = connect(Number(port), hostname);
    socket.pipe(database).pipe(socket);
    database.on("error", () => {});
    socket.on("close", () => database.destroy());
  });
  const sql = open(proxy.url);
  const { query } = await running(sql);
  const closed = sql.close();
  proxy.end();
  await closed;
  await show("lost meanwhile", () => query);
}
// What a reserved connection still runs.
for (const end of ["release", "close"] as const) {
  const sql = open();
  const reserved = await sql.reserve();
  const query = reserved`select pg_sleep(0.2), 1 a`.execute();
  query.catch(() => {});
  await Bun.sleep(50);
  void reserved[end]();
  await show(`the next after ${end}`, async () => {
    using next = await sql.reserve();
    return await next`select 2 a`;
  });
  await sql.close();
}
// What has been started goes on: a transaction, one that waits for its connection, and what is reserved.
{
  const sql = open();
  const transaction = (name: string): Promise<string> =>
    sql.begin(async (tx) => {
      await tx`select 1`;
      await Bun.sleep(50);
      await tx`select 2`;
      return name;
    });
  const started = [transaction("first"), transaction("second"), sql`select 3 a`.then(([row]) => row.a)];
  await Bun.sleep(20);
  const closed = sql.close();
  await show("begun before", () => Promise.all(started));
  await closed;
  await show("begun behind", () => transaction("third"));
}
{
  const sql = open();
  const reserved = await sql.reserve();
  const waiting = sql`select 4 a`.execute();
  let isClosed = false;
  const closed = sql.close().then(() => {
    isClosed = true;
  });
  await Bun.sleep(50);
  await show("reserved before", () => reserved`select 5 a`);
  await show("closed", () => isClosed);
  await reserved.release();
  await show("waited", () => waiting);
  await closed;
}
{
  const sql = open();
  const reserved = await sql.reserve();
  const waiting = sql`select 6 a`.execute();
  waiting.catch(() => {});
  await sql.close({ timeout: 0.1 });
  await show("waited for too long", () => waiting);
  await show("reserved for too long", () => reserved`select 7 a`);
}
