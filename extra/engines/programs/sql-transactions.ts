// Transactions, reserved connections, notifications, and queries that are cancelled.
import { SQL } from "bun";
import { show, text, untyped } from "./show.ts";

const url = process.env.DATABASE_URL!;
const open = (options: object = {}): SQL => new SQL(url, options);
const sql = open({ max: 3 });
await sql`drop table if exists u`;
await sql`create table u (id serial, name text)`;
// bun-types has no result of them.
const commandOf = (result: unknown) => (result as { command: unknown }).command;
const count = async () => (await sql`select count(*)::int4 n from u`)[0].n;
await show("commit", () =>
  sql.begin(async (tx) => {
    await tx`insert into u (name) values ('one')`;
    await tx
      .savepoint(async (sp) => {
        await sp`insert into u (name) values ('two')`;
        throw new Error("inner");
      })
      .catch((e: Error) => console.log(e.message));
    return tx.savepoint("named", async (sp) => {
      await sp`insert into u (name) values ('three')`;
      return "done";
    });
  }),
);
await show("count", count);
await show("rollback", () =>
  sql.begin(async (tx) => {
    await tx`delete from u`;
    throw new RangeError("outer");
  }),
);
await show("count", count);
await show("sql error", () =>
  sql.begin(async (tx) => {
    await tx`delete from u`;
    await tx`select 1/0`;
  }),
);
await show("swallowed", () =>
  sql.begin(async (tx) => {
    await tx`select 1/0`.catch(() => {});
    return 1;
  }),
);
await show("array", () => sql.begin((tx) => [tx`select 1 a`, tx`select 2 b`]));
await show("options", () => sql.begin("read only", async (tx) => tx`insert into u (name) values ('x')`));
await show("iso", () =>
  sql.begin("isolation level serializable", async (tx) => (await tx`show transaction_isolation`)[0]),
);
await show("wrong", () => sql.begin("foo", async () => 5));
await show("nested", () => sql.begin((tx) => tx.begin(async () => 1)));
await show("nofn", () => untyped(sql).begin());
await show("nofn2", () => untyped(sql).begin("read only"));
let late: Promise<unknown> | undefined;
await sql.begin(async (tx) => {
  late = tx`select 1`;
});
await show("late", () => late);
await show("tx.close", () =>
  sql.begin(async (tx) => {
    await tx`insert into u (name) values ('closed')`;
    await tx.close();
    return 1;
  }),
);
await show("count", count);
await show(
  "parallel",
  async () =>
    await Promise.all(
      [1, 2, 3, 4, 5].map((i) =>
        sql.begin(async (tx) => {
          const [r] = await tx`select ${i}::int4 as i`;
          return r.i;
        }),
      ),
    ),
);
await show("transaction", () => sql.transaction(async () => 3));
{
  const r = await sql.reserve();
  await show("reserved", () => r`select 1 a`);
  await show("res begin", () => r.begin(async (tx) => (await tx`select 2 b`)[0]));
  await r.release();
  await show("after release", () => r`select 1`);
}
{
  using r = await sql.reserve();
  await show("using", () => r`select 3 a`);
}
await show("reserve abort", async () => {
  const hold = await Promise.all([sql.reserve(), sql.reserve(), sql.reserve()]);
  try {
    return await sql.reserve({ signal: AbortSignal.timeout(30) });
  } catch (error) {
    return (error as Error).name;
  } finally {
    for (const h of hold) h.release();
  }
});
{
  const r = await sql.reserve();
  await r`begin`;
  await r`insert into u (name) values ('dangling')`;
  await r.release();
}
await show("count", count);
// No caller gets a connection that another has left inside a transaction: what it writes would go with that one.
for (const [name, ...texts] of [
  ["to a savepoint", "begin", "savepoint a", "rollback to savepoint a"],
  ["chained", "begin", "commit and chain"],
  ["failed", "begin", "select 1/0"],
  ["failed in one text", "begin; select 1/0"],
  ["ended", "begin", "commit"],
] as const) {
  const own = open({ max: 1 });
  const r = await own.reserve();
  for (const each of texts) await r.unsafe(each).catch(() => {});
  await r.release();
  await show(`left ${name}`, async () =>
    commandOf(await own`insert into u (name) values (${`left ${name}`})`),
  );
  await own.close();
}
for (const query of [
  "select 1; begin",
  "select 1; begin; select 1/0",
  "select 1; begin; savepoint a; rollback to a",
]) {
  const own = open({ max: 2 });
  await own.unsafe(query).catch(() => {});
  await show(`left by ${query}`, async () =>
    commandOf(await own`insert into u (name) values (${`left by ${query}`})`),
  );
  await own.close();
}
await show("kept", async () => {
  const rows = await sql`delete from u where name like 'left%' returning name`;
  return rows.map(({ name }: { name: string }) => name);
});
await show("dist", () =>
  sql.beginDistributed("d1", async (tx) => {
    await tx`insert into u (name) values ('dist')`;
    return 8;
  }),
);
await show("count", count);
await show("cd", async () => commandOf(await sql.commitDistributed("d1")));
await show("count", count);
await show("dist2", () =>
  sql.beginDistributed("d2", async (tx) => {
    await tx`insert into u (name) values ('dist')`;
  }),
);
await show("rd", async () => commandOf(await sql.rollbackDistributed("d2")));
await show("cd none", () => sql.commitDistributed("zz"));
await show("dist nofn", () => untyped(sql).beginDistributed("d3"));
await show("dist bad", () => untyped(sql).beginDistributed(5, async () => 1));
const got: string[] = [];
const sub = await sql.listen("ch", (p: string) => got.push(p));
await sql.notify("ch", "hello");
await sql.notify("ch");
for (let i = 0; i < 400 && got.length < 2; i++) await Bun.sleep(5);
console.log(text(got));
await sub.unlisten();
await show("tx notify", () =>
  sql.begin(async (tx) => {
    const r = await tx.notify("ch", "x");
    return r;
  }),
);
await show("long", () => sql.listen("x".repeat(64), () => {}));
await show("listen nofn", () => untyped(sql).listen("x"));
{
  const q = sql`select pg_sleep(20)`.execute();
  setTimeout(() => q.cancel(), 300);
  await show("cancel", () => q);
  console.log(q.cancelled, q.active);
}
{
  const q = sql`select 1`;
  q.cancel();
  await show("cancel before", () => q);
}
await show("still works", () => sql`select 1 a`);
await show("connect", async () => (await sql.connect()) === sql);
{
  const own = open({ max: 2 });
  const heard: string[] = [];
  let listens = 0;
  const s = await own.listen(
    "ch",
    (p: string) => heard.push(p),
    () => {
      listens++;
    },
  );
  await own`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'`;
  for (let i = 0; i < 200 && listens < 2; i++) await new Promise((r) => setTimeout(r, 100));
  await own.notify("ch", "again");
  for (let i = 0; i < 400 && heard.length === 0; i++) await Bun.sleep(5);
  console.log(heard.join(), listens);
  await s.unlisten();
  await own`select 1`;
  console.log("end");
}
await sql.end();
