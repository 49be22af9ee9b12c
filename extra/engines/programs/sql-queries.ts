// Queries, helpers, results and errors.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { SQL } from "bun";
import { show, untyped } from "./show.ts";

const url = process.env.DATABASE_URL!;
const open = (options: object = {}): SQL => new SQL(url, options);
const folder = mkdtempSync(`${tmpdir()}/mantou-sql-`);
// The numbers of tables differ from run to run.
const known = ({ table, ...column }: { table: number }) => ({ ...column, isOfTable: table > 0 });
const sql = open();
type Result = Awaited<SQL.Query<unknown[]>> &
  Record<"count" | "command" | "affectedRows" | "lastInsertRowid", unknown>;
const d = (r: Result) => [r.count, r.command, r.affectedRows, r.lastInsertRowid, r.length, Object.keys(r)];
await show("drop", async () => d(await sql`drop table if exists t`));
await show("create", async () =>
  d(
    await sql`create table t (id serial primary key, name text unique, age int default 7, tags text[], data jsonb)`,
  ),
);
await show("insert", async () =>
  d(await sql`insert into t ${sql([{ name: "a", age: 1 }, { name: "b", age: undefined }, { name: "c" }])}`),
);
await show("insert2", async () =>
  d(
    await sql`insert into t ${sql({ name: "d", age: undefined, tags: ["x", "y"], data: { k: [1] } })} returning *`,
  ),
);
await show(
  "insert3",
  () => sql`insert into t ${sql({ name: "e", age: 5, zz: 1 }, "name", "age")} returning *`,
);
await show(
  "insert frag",
  () => sql`insert into t ${sql({ name: sql`upper(${"f"})`, age: sql`1 + ${2}` })} returning *`,
);
await show("update", async () =>
  d(await sql`update t set ${sql({ age: 9, name: undefined })} where id = ${1}`),
);
await show("update no set", async () =>
  d(await sql`update t ${sql({ age: 10 })} where id = ${1} returning id`),
);
await show("in", () => sql`select id from t where id in ${sql([1, 3])} order by id`);
await show(
  "in objects",
  () => sql`select id from t where id in ${sql([{ id: 1 }, { id: 2 }], "id")} order by id`,
);
await show("in empty", () => sql`select id from t where id in ${sql([])}`);
await show("not in empty", () => sql`select id from t where id not in ${sql([])}`);
await show("names", () => sql`select ${sql("t.name")} from ${sql("public.t")} order by ${sql("id")} limit 1`);
await show(
  "fragment",
  () =>
    sql`select id from t where true ${sql`and id > ${1}`} ${[sql`and id < ${4}`, sql`and name <> ${"b"}`]} ${sql``}`,
);
await show("nested unsafe", () => sql`select id from t where id < ${3} order by ${sql.unsafe("id desc")}`);
await show(
  "nested unsafe params",
  () => sql`select id from t where id < ${3} and ${sql.unsafe("id > $1", [1])}`,
);
await show("delete", async () => d(await sql`delete from t where id = ${1}`));
await show("select", async () => d(await sql`select * from t`));
await show("multi", () => sql.unsafe("select 1 a; select 2 b"));
await show("multi details", async () => {
  const r = await sql.unsafe("select 1 a; insert into t (name) values ('m')");
  return [Array.isArray(r), r.constructor.name, r[0].constructor.name, r.map(d)];
});
await show("simple", () => sql`select 1 a; select 2 b`.simple());
await show("simple params", () => sql`select ${1} a`.simple());
await show("simple vals", () => sql`select 1 a; select 2 b`.simple().values());
await show("unsafe params", () => sql.unsafe("select $1::int4 a, $2::text b", [1, "x"]));
await show("two params cmds", () => sql.unsafe("select $1::int4 a; select 1", [1]));
await show("two cmds", () => sql`select 1; select ${2}::int4`);
await show("empty", () => sql``);
await show("empty unsafe", async () => d(await sql.unsafe("")));
await show("comment", async () => d(await sql`-- nothing`));
await show("syntax", () => sql`selec 1`);
await show("no table", () => sql`select * from nope`);
await show("unique", () => sql`insert into t (name) values ('b')`);
await show("not null", () => sql`insert into t (id, name) values (null, 'x')`);
await show("div", () => sql`select 1 / 0`);
await show(
  "raise",
  () => sql`do $$ begin raise exception 'boo' using hint = 'h', detail = 'dd', errcode = 'P0002'; end $$`,
);
await show("values by names", () => untyped(sql).unsafe("select 1 a", { a: 1 }));
await show("values that are null", () => untyped(sql).unsafe("select 1 a", null));
await show("not tagged", () => (sql as unknown as (text: string) => unknown)("t"));
await show("bad helper", () => sql`select ${sql(["a"])}`);
await show("obj helper", () => sql`select ${sql({ a: 1 })}`);
await show("no cols", () => sql`insert into t ${sql({})}`);
await show("empty arr", () => sql`insert into t ${sql([])}`);
await show("upd arr", () => sql`update t set ${sql([{ age: 1 }, { age: 2 }])}`);
await show("where in two cols", () => sql`select 1 where 1 in ${sql([{ a: 1, b: undefined }], "a", "b")}`);
await show("dup names", () => sql`select 1 a, 2 a`);
await show("values", () => sql`select 1 a, 2 a`.values());
await show("statement", async () => {
  const r = await sql`select id, name from t where id = ${2}`;
  return [r.columns.map(known), { ...r.statement, columns: r.statement.columns.map(known) }];
});
await show("columns insert", async () => {
  const r = await sql`insert into t (name) values (${"q"})`;
  return [r.columns.map(known), { ...r.statement, columns: r.statement.columns.map(known) }];
});
await show("execute", () => sql`select 2 a`.execute());
await show("unsafe begin", () => sql`begin`);
await show("file", async () => {
  await Bun.write(`${folder}/q.sql`, "select $1::int4 a");
  return sql.file(`${folder}/q.sql`, [1]);
});
await show("file multi", async () => {
  await Bun.write(`${folder}/q2.sql`, "select 1 a; select 2 b");
  return sql.file(`${folder}/q2.sql`);
});
await show("null col", () => sql`select null a`);
await show("cte", async () =>
  d(await sql`with x as (insert into t (name) values ('cte') returning id) select * from x`),
);
await show("merge", async () => d(await sql`create table t2 as select * from t`));
await show("drop t2", async () => d(await sql`drop table t2`));
await show("set", async () => d(await sql`set search_path to public`));
await show("show", async () => d(await sql`show search_path`));
await show("explain", async () => d(await sql`explain select 1`));
const q = sql`select 1 a`;
console.log(
  q instanceof Promise,
  q.active,
  q.cancelled,
  String(q),
  Object.prototype.toString.call(q),
  typeof sql,
  sql.name,
  sql.length,
);
console.log(Object.keys(sql).sort().join());
await sql.close();
await show("closed", () => sql`select 1`);
await show("closed begin", () => sql.begin(async () => 1));
await show("closed reserve", () => sql.reserve());
rmSync(folder, { recursive: true });
