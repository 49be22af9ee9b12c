// Connections: addresses, options, callbacks, and what happens when they end.
import { connect, createServer } from "node:net";
import { SQL } from "bun";
import { show, text } from "./show.ts";

const url = process.env.DATABASE_URL!;
const open = (options: object = {}): SQL => new SQL(url, options);
const server = url.slice(0, url.lastIndexOf("/"));
await show("refused", () => new SQL("postgres://postgres@127.0.0.1:1/postgres")`select 1`);
await show("refused begin", () => new SQL("postgres://postgres@127.0.0.1:1/postgres").begin(async () => 1));
await show("refused connect", () => new SQL("postgres://postgres@127.0.0.1:1/postgres").connect());
await show("refused reserve", () => new SQL("postgres://postgres@127.0.0.1:1/postgres").reserve());
await show("refused listen", () => new SQL("postgres://postgres@127.0.0.1:1/postgres").listen("a", () => {}));
await show("no host", () => new SQL("postgres://postgres@nope.invalid:1/postgres")`select 1`);
await show("no db", () => new SQL(`${server}/nodb`)`select 1`);
await show("no user", () => new SQL(url.replace("postgres@", "nouser@"))`select 1`);
await show("tls", () => new SQL(`${server}/postgres?sslmode=require`)`select 1`);
await show("prefer", () => new SQL(`${server}/postgres?sslmode=prefer`)`select 1 a`);
await show(
  "unix",
  () =>
    new SQL({
      path: process.env.SOCKET_FOLDER,
      port: process.env.SOCKET_PORT,
      username: "postgres",
      database: "postgres",
    })`select 1 a`,
);
await show(
  "unix host",
  () =>
    new SQL({
      hostname: process.env.SOCKET_FOLDER,
      port: process.env.SOCKET_PORT,
      username: "postgres",
      database: "postgres",
    })`select 1 a`,
);
await show("bad protocol", () => new SQL("foo://a"));
await show("bad mode", () => new SQL("postgres://a?sslmode=zz"));
await show("app", () => new SQL(url + "?application_name=zz")`show application_name`);
await show(
  "conn opts",
  () =>
    new SQL(url, {
      connection: { application_name: "kk", search_path: "pg_catalog" },
    })`select current_setting('application_name') a, current_setting('search_path') b`,
);
const log: string[] = [];
const connected = (error: Error | null): void => void log.push(`connect ${error}`);
const closed = (error: (Error & { code?: string }) | null): void =>
  void log.push(`close ${error?.name} ${error?.code} ${error?.message}`);
{
  const s = new SQL(url, {
    max: 1,
    onconnect: connected,
    onclose: closed,
  });
  await s`select 1`;
  await s.close();
  console.log(log.join("; "));
}
log.length = 0;
{
  const s = new SQL("postgres://postgres@127.0.0.1:1/postgres", {
    max: 1,
    onconnect: connected,
    onclose: closed,
  });
  await s`select 1`.catch(() => {});
  await s.close();
  console.log(log.join("; "));
}
log.length = 0;
{
  const s = new SQL(url, {
    max: 1,
    idleTimeout: 1,
    onclose: closed,
  });
  await s`select 1`;
  for (let i = 0; i < 1000 && log.length === 0; i++) await Bun.sleep(10);
  console.log(log.join("; "));
  await show("reopened", () => s`select 2 a`);
  await s.close();
}
{
  const s = new SQL(url, { max: 1 });
  await show("killed", () => s`select pg_terminate_backend(pg_backend_pid())`);
  await show("after kill", () => s`select 1 a`);
  await s.close();
}
{
  const s = new SQL(url, { max: 2 });
  const a = s`select pg_sleep(0.3)`.execute();
  await show("close waits", async () => {
    await Promise.resolve();
    await new Promise((r) => setTimeout(r, 100));
    await s.close();
    return (await a).length;
  });
}
{
  const s = new SQL(url, { max: 2 });
  const a = s`select pg_sleep(5)`.execute();
  a.catch(() => {});
  await new Promise((r) => setTimeout(r, 100));
  await s.close({ timeout: 0 });
  await show("close 0", () => a);
}
{
  const s = new SQL(url, { max: 1, password: async () => "x" });
  await show("password fn", () => s`select 1 a`);
  await s.close();
}
{
  const s = new SQL(url, { max: 1, prepare: false });
  await show(
    "no prepare",
    () =>
      s`select ${1} a, ${"x"}::text b, ${[1, 2]}::int4[] c, ${new Date(0)}::timestamptz d, ${{ a: 1 }}::jsonb e`,
  );
  await show("np int[]", () => s`select array[1,2] a, 0.1::float4 b`);
  await s.close();
}
await show("transform", async () => {
  const s = new SQL(url, { transform: SQL.camel });
  const r = await s`select 1 as first_name, 2 as "a_b_c"`;
  const c = r.columns;
  await s.close();
  return [r, c];
});
await show("close bad", () => open().close({ timeout: -1 }));
await show("close str", () => open().close({ timeout: "x" as never }));
for (const o of [
  { max: 0 },
  { max: -1 },
  { max: "x" },
  { port: "zz" },
  { port: 70000 },
  { idleTimeout: -1 },
  { connectionTimeout: -5 },
  { maxLifetime: "a" },
  { prepare: "x" },
  { onconnect: 5 },
  { onclose: 5 },
  { adapter: "zz" },
  { bigint: "x" },
  { tls: "zz" },
  { password: 5 },
  { connection: 5 },
  { transform: 5 },
  { idleTimeout: 1e12 },
])
  await show("opt " + text(o), () => {
    const s = new SQL({ url, ...o } as SQL.Options);
    const { max, idleTimeout, connectionTimeout, maxLifetime } = s.options as Record<string, unknown>;
    return [max, idleTimeout, connectionTimeout, maxLifetime];
  });
// The request that cancels a query has a connection of its own.
await show("cancel while the server is out of reach", async () => {
  const { port, hostname } = new URL(url);
  const proxy = createServer((socket) => {
    const upstream = connect(Number(port), hostname);
    socket.pipe(upstream).pipe(socket);
    for (const each of [socket, upstream]) each.on("error", () => {});
  });
  await new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
  const { port: proxied } = proxy.address() as { port: number };
  const s = new SQL(url.replace(/:\d+\//, `:${proxied}/`), { max: 1 });
  await s`select 1`;
  const sleeping = s`select pg_sleep(0.5)`.execute();
  await Bun.sleep(100);
  proxy.close();
  sleeping.cancel();
  await sleeping.catch(() => {});
  await s.close();
  return "goes on";
});
