// Values of PostgreSQL's types, with parameters and without.
import { SQL } from "bun";
import { asList, text } from "./show.ts";

const url = process.env.DATABASE_URL!;
const open = (options: object = {}): SQL => new SQL(url, options);
const sql = open({ max: 1 });
/** The name of a value's class. */
const kind = (value: unknown): string | undefined => (asList(value) as object | null)?.constructor?.name;
const cols =
  `1::int2 a, 2::int4 b, 3::int8 c, 9223372036854775807::int8 c2, 1.5::float4 d, 0.1::float8 e, 'NaN'::float8 nan, 'Infinity'::float8 inf, 1.10::numeric f, '$1.50'::money g, true h, 'x'::text i, 'y'::varchar(3) j, 'z'::char(3) k, '2024-01-15'::date l, '2024-01-15 12:00:00.123456'::timestamp m, '2024-01-15 12:00:00+02'::timestamptz n, 'infinity'::timestamp n2, '12:00:01'::time o, '12:00:01+02'::timetz p, '1 day 02:03:04'::interval q, '{"a":[1,2]}'::json r, '{"a": [1,2]}'::jsonb s, '"str"'::jsonb s2, '\\x0102'::bytea t, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid u, '10.0.0.1'::inet v, '[1,5)'::int4range w, '(1,2)'::point x, array[1,2]::int4[] y, array[1,null]::int4[] y2, array[[1,2],[3,4]]::int4[] y3, array['a','b,c','"d"',null]::text[] z, array[1,2]::int8[] za, array[1.5,2]::float4[] zb, array[1.5,2]::float8[] zc, array[true,false] zd, array['{"a":1}'::jsonb] ze, array['2024-01-15'::date] zf, array['\\x01'::bytea] zg, null zh, '{}'::int4[] zi, 42::oid zj, 'a'::"char" zk, 'nm'::name zl, 1.5::numeric(10,3) zm, array[1.1::numeric] zn, 'B1'::bit(4) zo`.replace(
    "'B1'::bit(4)",
    "B'1011'::bit(4)",
  );
for (const name of ["text", "again"]) {
  const [row] = await sql.unsafe(`select ${cols}`);
  for (const [k, v] of Object.entries(row))
    console.log(name, k, text(v), v instanceof Date ? "Date" : typeof v, kind(v));
}
const [row] = await sql`select ${sql.unsafe(cols)}, ${1}::int4 as param`;
for (const [k, v] of Object.entries(row)) console.log("binary", k, text(v), kind(v));
const [raw] =
  await sql`select true a, 5::int4 b, 1.5::float4 c, 0.1::float8 d, '\\x0102'::bytea e, 'x' f`.raw();
console.log("raw", text(raw));
const memory = ({ length, buffer }: Buffer) => [length, buffer.byteLength];
const [bytes] = await sql`select '\\x0102'::bytea a, array['\\x01'::bytea] b`;
const [[flag, word]] = await sql`select true, 'word' from generate_series(1, 2)`.raw();
console.log("memory", text([bytes.a, ...bytes.b, flag, word].map(memory)));
const r3 = await sql`select 1 a, 'x' a, ${2}::int4 b`.values();
console.log("values", text(r3), r3.count, r3.command, text(r3.columns), text(r3.statement));
const ofBuiltIn =
  "'<a/>'::xml, '{1,2,3}'::line, '10.0.0.0/8'::cidr, '<(0,0),1>'::circle, '08:00:2b:01:02:03:04:05'::macaddr8, '$1.50'::money, '((0,0),(1,1))'::path, '(1,1),(0,0)'::box, '((0,0),(1,1))'::polygon, '1 2'::int2vector, 'now'::regproc, '(0,1)'::tid, '5'::xid, '6'::cid, '7'::xid8, '1 2'::oidvector, 'c'::refcursor, 'int4'::regtype, 'pg_type'::regclass, '0/10'::pg_lsn, 'a b'::tsvector, 'a & b'::tsquery, '$.a'::jsonpath, 'english'::regconfig, '{[1,2)}'::int4multirange, '{[1.5,2)}'::nummultirange";
const single = await sql.unsafe(`select ${ofBuiltIn}`).values();
const lists = await sql.unsafe(`select ${ofBuiltIn.replace(/'[^']*'::\w+/g, "array[$&, null]")}`).values();
single[0].forEach((value: unknown, i: number) => console.log("list", i, text(value), text(lists[0][i])));
const boxes = ["(1,1),(0,0)", "(3,3),(2,2)"];
console.log("boxes", text(await sql`select ${boxes}::box[] a, ${sql.array(boxes, "box")} b`));
await sql.close();
