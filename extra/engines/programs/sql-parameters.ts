// Values of JavaScript as parameters.
import { SQL } from "bun";
import { show } from "./show.ts";

const url = process.env.DATABASE_URL!;
const open = (options: object = {}): SQL => new SQL(url, options);
const sql = open({ max: 1 });
await show(
  "numbers",
  () =>
    sql`select ${1} a, ${2 ** 40} b, ${1.5} c, ${-0} d, ${NaN} e, ${Infinity} f, ${10n} g, ${2n ** 70n} h, ${true} i, ${null} j, ${undefined} k, ${"s"} l`,
);
await show(
  "types",
  () =>
    sql`select pg_typeof(${1}) a, pg_typeof(${2 ** 40}) b, pg_typeof(${1.5}) c, pg_typeof(${10n}) g, pg_typeof(${2n ** 70n}) h, pg_typeof(${true}) i, pg_typeof(${"s"}::text) l`,
);
await show(
  "date",
  () =>
    sql`select ${new Date(0)}::timestamptz a, ${new Date(0)}::timestamp b, ${new Date(0)}::date c, ${new Date(0)}::text d`,
);
await show("date untyped", () => sql`select ${new Date(0)} a`);
await show("obj untyped", () => sql`select ${{ a: 1 }} a`);
await show(
  "json",
  () =>
    sql`select ${{ a: 1 }}::jsonb a, ${[1, 2]}::jsonb b, ${"dark"}::jsonb c, ${sql.json(42)}::jsonb d, ${sql.json(null)}::jsonb e, ${sql.json("x")}::json f, ${5}::jsonb g`,
);
await show(
  "json ok",
  () =>
    sql`select ${{ a: 1 }}::jsonb a, ${[1, 2]}::jsonb b, ${"dark"}::jsonb c, ${sql.json(42)}::jsonb d, ${sql.json(null)}::jsonb e, ${sql.json("x")}::json f`,
);
await show(
  "arrays",
  () =>
    sql`select ${[1, 2]}::int4[] a, ${["a", 'b"c', null]}::text[] b, ${[[1, 2], [3, 4]]}::int4[] c, ${[]}::text[] d, ${[1, 2]}::text e, ${[true]}::bool[] f, ${[new Date(0)]}::timestamptz[] g, ${[{ a: 1 }]}::jsonb[] h`,
);
await show("any", () => sql`select 2 = any(${[1, 2, 3]}) a`);
await show(
  "sql.array",
  () =>
    sql`select ${sql.array([1, 2, 3], "INT")} a, ${sql.array(["x", "y"])}::text[] b, ${sql.array([{ a: 1 }, null, sql.json([1, 2])], "JSONB")} c, ${sql.array(new Float32Array([1.5, 2.5]))}::float4[] d`,
);
await show(
  "bytes",
  () =>
    sql`select ${new Uint8Array([1, 2])} a, ${Buffer.from("hi")} b, ${new ArrayBuffer(2)} c, ${new Int32Array([1, 2])}::int4[] d, ${new Int32Array([1])}::bytea e, ${new DataView(new ArrayBuffer(1))} f`,
);
await show("map", () => sql`select ${new Map()} a`);
await show("symbol", () => sql`select ${Symbol("a") as never} a`);
await show("fn", () => sql`select ${(() => 1) as never}::text a`);
await show("bool as text", () => sql`select ${true}::text a, ${1}::text b, ${1.5}::text c`);
await show("text in int", () => sql`select ${"12"}::int4 a`);
await show("bad int", () => sql`select ${"zz"}::int4 a`);
await show(
  "toString",
  () =>
    sql`select ${{
      toString() {
        return "custom";
      },
    }}::text a`,
);
await show("URL", () => sql`select ${new URL("http://a/b")}::text a`);
await show("too many", () => sql`select 1 where 1 in ${sql(Array.from({ length: 70000 }, (_, i) => i))}`);
await show("uuid", () => sql`select ${"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}::uuid a`);
await show(
  "interval",
  () =>
    sql`select ${"1 day"}::interval a, ${"1.50"}::numeric b, ${1}::numeric c, ${1.5}::numeric d, ${5}::int8 e, ${5n}::int4 f`,
);
const big = open({ bigint: true, max: 1 });
await show("bigint", () => big`select 5::int8 a, ${7n} b, array[1::int8] c, ${6}::int4 d`);
await show("limit", () => sql`select * from generate_series(1, 5) g limit ${2}`);
await big.close();
await sql.close();
