import { getBuiltinModule } from "node:process";
import { describe } from "vitest";
import { itRunsAsOnBun, type ProgramCase } from "../support/program-cases.ts";

/** Prints what a call returns or throws, as one line. */
const SHOW = `
export function show(call: () => unknown): void {
  try {
    console.log(JSON.stringify(call(), readable) ?? "undefined");
  } catch (error) {
    const { name, message, code, byteOffset } = error as Record<string, unknown>;
    const more = byteOffset === undefined ? "" : \` \${code} at \${byteOffset}\`;
    console.log(error instanceof Error ? \`\${name}: \${message}\${more}\` : \`thrown: \${error}\`);
  }
}
function readable(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return \`\${value}n\`;
  if (value instanceof Uint8Array) return \`\${value.constructor.name} \${[...value]}\`;
  return value === Infinity ? "Infinity" : value;
}`;

const SETUP = `
import { rmSync } from "node:fs";
import standard, { constants, Database, SQLiteError } from "bun:sqlite";
import { show } from "./show.ts";
rmSync("b.db", { force: true });
const db = new Database();
const strict = new Database(":memory:", { strict: true });
const safe = new Database(":memory:", { safeIntegers: true });
for (const each of [db, safe]) each.run("create table t(id integer primary key, a text unique, b not null default 1 check(b <> 9))");
db.run("insert into t(a) values('one')");
class User { made = true; declare a: string; get shout() { return this.a.toUpperCase(); } }
`;

/** Expressions, and the line that each prints. */
type Rows = readonly (readonly [expression: string, prints: string])[];

const TOPICS: Readonly<Record<string, Rows>> = {
  "values that parameters take": [
    [
      'db.query("select typeof(?) a, typeof(?) b, typeof(?) c, typeof(?) d, typeof(?) e, typeof(?) f, typeof(?) g").get(5, 5.5, true, 5n, -0, 2 ** 53, null)',
      '{"a":"integer","b":"real","c":"integer","d":"integer","e":"real","f":"real","g":"null"}',
    ],
    ['db.query("select ? a").get(undefined)', '{"a":null}'],
    [
      'db.query("select ?1 a, ?2 b, ?3 c, ?4 d, ?5 e").get(new Uint8Array([1, 2]), Buffer.from("hi"), new ArrayBuffer(2), new Uint16Array([1, 2]), new DataView(new ArrayBuffer(2), 1))',
      '{"a":"Uint8Array 1,2","b":"Uint8Array 104,105","c":"Uint8Array 0,0","d":"Uint8Array 1,0,2,0","e":"Uint8Array 0"}',
    ],
    ['db.query("select ?1 a, typeof(?1) b").get(new Uint8Array(0))', '{"a":"Uint8Array ","b":"blob"}'],
    ['db.query("select ?1 a").get(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))', '{"a":"Uint8Array 2,3"}'],
    ['db.query("select ?1 a, ?2 b").get(2n ** 64n - 1n, 2n ** 63n)', '{"a":-1,"b":-9223372036854776000}'],
    ['db.query("select ?1 a, ?2 b").get(NaN, Infinity)', '{"a":null,"b":"Infinity"}'],
    ['db.query("select hex(?1) c").get("a\\ud800b")', '{"c":"61EFBFBD62"}'],
    [
      'db.query("select ? a").get(new Date(0))',
      "TypeError: Binding expected string, TypedArray, boolean, number, bigint or null",
    ],
    [
      'db.query("select ? a").get(Symbol("x"))',
      "TypeError: Binding expected string, TypedArray, boolean, number, bigint or null",
    ],
    [
      'db.query("select ? a").get(() => 1)',
      "TypeError: Binding expected string, TypedArray, boolean, number, bigint or null",
    ],
    [
      'db.query("select ? a").get(new String("x"))',
      "TypeError: Binding expected string, TypedArray, boolean, number, bigint or null",
    ],
    [
      'db.query("select $a a").get(new Map([["a", 1]]))',
      "TypeError: Binding expected string, TypedArray, boolean, number, bigint or null",
    ],
    [
      'db.query("select $a a").get({ a: new Date(0) })',
      "TypeError: Binding expected string, TypedArray, boolean, number, bigint or null",
    ],
    [
      'db.query("select $a a").get({ a: [1] })',
      "TypeError: Binding expected string, TypedArray, boolean, number, bigint or null",
    ],
  ],
  "positional and named parameters": [
    ['db.query("select ? a, ? b").get([1, 2])', '{"a":1,"b":2}'],
    [
      'db.query("select ? a, ? b").get([1, [2]])',
      "TypeError: Binding expected string, TypedArray, boolean, number, bigint or null",
    ],
    ['db.query("select ? a, ? b").get([1], 2)', "Error: SQLite query expected 2 values, received 1"],
    [
      'db.query("select ? a, ? b").get(1, { a: 2 })',
      "TypeError: Binding expected string, TypedArray, boolean, number, bigint or null",
    ],
    ['db.query("select ? a").get(1, 2)', "Error: SQLite query expected 1 values, received 2"],
    ['db.query("select ? a, ? b").get(1)', "Error: SQLite query expected 2 values, received 1"],
    ['db.query("select 1 a").get(5)', '{"a":1}'],
    ['db.query("select $a, :b, @c").get(1, 2, 3)', '{"$a":1,":b":2,"@c":3}'],
    ['db.query("select $a, :b, @c").get({ $a: 1, b: 2, "@c": 3 })', '{"$a":1,":b":2,"@c":3}'],
    ['db.query("select $a, :b, @c").get({ ":a": 1, $b: 2, c: 3 })', '{"$a":null,":b":null,"@c":3}'],
    ['db.query("select $a").get({ a: 1, $a: 2 })', '{"$a":2}'],
    ['db.query("select $a a").get({ a: undefined })', '{"a":null}'],
    ['db.query("select $a a").get({ b: 1 })', '{"a":null}'],
    ['db.query("select ?1 a").get({ "?1": 2 })', '{"a":2}'],
    ['db.query("select ? a").get({ 0: 2 })', '{"a":2}'],
    ['db.query("select ? x, $a a, ? y").get({ a: 5 })', '{"x":null,"a":5,"y":null}'],
    ['db.query("select ? x, $a a, ? y").get(1, 2, 3)', '{"x":1,"a":2,"y":3}'],
    ['db.query("select ?5 a, ? b, ?2 c").get(1, 2, 3, 4, 5, 6)', '{"a":5,"b":6,"c":2}'],
    ['db.query("select $a a").get(new (class { a = 7 })())', '{"a":7}'],
    ['db.query("select $a a").get(Object.assign(Object.create(null), { a: 9 }))', '{"a":9}'],
    [
      '(() => { const s = db.prepare("select ? a"); return [s.get(4), s.get(), s.get([]), s.get()] })()',
      '[{"a":4},{"a":4},{"a":null},{"a":null}]',
    ],
    [
      '(() => { const s = db.prepare("select $a a, $b b"); return [s.get({ a: 1, b: 2 }), s.get({ a: 3 }), s.get()] })()',
      '[{"a":1,"b":2},{"a":3,"b":null},{"a":3,"b":null}]',
    ],
    [
      '(() => { const s = db.prepare("select ? a, ? b", [1, 2]); return [s.get(), s.get(3, 4), s.get(), String(s)] })()',
      '[{"a":1,"b":2},{"a":3,"b":4},{"a":3,"b":4},"select 3 a, 4 b"]',
    ],
    ['db.prepare("select ? a, ? b", [7])', "Error: SQLite query expected 2 values, received 1"],
    [
      'db.query("select \'?\', \\"?\\", \'$a\', ? /* ? */ -- ?\\n, [?] from (select 1 \\"?\\")").values(5)',
      '[["?",1,"$a",5,1]]',
    ],
  ],
  "deep expressions": [
    [
      '[300, 990].map((depth) => db.query("select count(*) n from t where " + "id = 2 or ".repeat(depth) + "1").get())',
      '[{"n":1},{"n":1}]',
    ],
    ['db.query("select " + Array(990).fill("?").join("+") + " a").get(...Array(990).fill(1))', '{"a":990}'],
    ['db.query("select " + "abs(".repeat(90) + "-1" + ")".repeat(90) + " a").get()', '{"a":1}'],
    ['db.query("select a from " + "(select * from ".repeat(80) + "t" + ")".repeat(80)).get()', '{"a":"one"}'],
    [
      'db.query("select " + "1+".repeat(2000) + "1")',
      "SQLiteError: Expression tree is too large (maximum depth 1000) SQLITE_ERROR at -1",
    ],
    ['new Database().query("select ? a").get("still works")', '{"a":"still works"}'],
  ],
  "strict mode": [
    ['strict.query("select $a a, $b b").get({ a: 1 })', 'Error: Missing parameter "b"'],
    ['strict.query("select ? a, ? b").get(1)', "Error: SQLite query expected 2 values, received 1"],
    ['strict.query("select $a a").get()', '{"a":null}'],
    ['strict.query("select $a a").get({ a: 1, $a: 2 })', '{"a":1}'],
    ['strict.query("select $a a").get({ $a: 2 })', '{"a":2}'],
    ['strict.query("select $a a").get({ ":a": 2 })', 'Error: Missing parameter "a"'],
    ['strict.query("select $a a").get({ a: 1, b: 2 })', '{"a":1}'],
    ['strict.query("select ?1 a").get({ 1: 1 })', 'Error: Missing parameter "?1"'],
    ['strict.query("select ? a, $x b").get({ x: 1 })', 'Error: Missing parameter "?1"'],
  ],
  rows: [
    ['db.query("select 1 a, 2 b, 3 a").all()', '[{"a":3,"b":2}]'],
    ['db.query("select 1 a, 2 b, 3 a").values()', "[[1,2,3]]"],
    ['db.query("select 1 a, 2 b, 3 a").columnNames', '["a","b","a"]'],
    ['db.query(\'select 1 a, 2 "1", 3 "0", 4 ""\').get()', '{"0":3,"1":2,"a":1,"":4}'],
    ["Object.keys(db.query('select 1 \"__proto__\", 2 b').get())", '["__proto__","b"]'],
    ['Object.getPrototypeOf(db.query("select 1 a").get()) === Object.prototype', "true"],
    ['db.query("select 1 where 0").get()', "null"],
    ['db.query("select 1 where 0").all()', "[]"],
    [
      'db.query("select 9007199254740993 a, -9223372036854775808 b, 5.0 c, 1e300 d").get()',
      '{"a":9007199254740992,"b":-9223372036854776000,"c":5,"d":1e+300}',
    ],
    [
      "db.query(\"select 1 a, 2.5 b, 'x' c, x'0102' d, null e, 9007199254741093 f\").raw()",
      '[["Uint8Array 1,0,0,0,0,0,0,0","Uint8Array 0,0,0,0,0,0,4,64","Uint8Array 120","Uint8Array 1,2",null,"Uint8Array 101,0,0,0,0,0,32,0"]]',
    ],
    ["db.query(\"insert into t(a) values('r') returning id, a\").all()", '[{"id":2,"a":"r"}]'],
    ["db.query(\"insert into t(a) values('s')\").all()", "[]"],
    [
      '[...db.query("select value from (select 1 value union select 9007199254740993)")]',
      '[{"value":1},{"value":9007199254740992}]',
    ],
    ['db.query("select a, 1 b from t").as(User).get().shout', '"ONE"'],
    [
      'db.query("select a, 1 b from t").as(User).all().map((row) => [row instanceof User, Object.keys(row), row.made])',
      '[[true,["a","b"],null],[true,["a","b"],null],[true,["a","b"],null]]',
    ],
    ['db.query("select 1").as(5)', "TypeError: Expected class to be a constructor or undefined"],
    ['db.query("select 1").as(() => 1)', "TypeError: Expected a constructor"],
    [
      '(() => { const s = db.prepare("select * from t"); s.all(); db.run("alter table t add column c default 7"); return s.get() })()',
      '{"id":1,"a":"one","b":1,"c":7}',
    ],
  ],
  iterators: [
    [
      '(() => { const it = db.prepare("select id from t").iterate(); return [it.next(), it.return(), it.next()] })()',
      '[{"value":{"id":1},"done":false},{"done":true},{"done":true}]',
    ],
    [
      '(() => { const s = db.prepare("select id from t"); for (const row of s) s.all() })()',
      "Error: This iterator was invalidated: its statement was run again. Use db.prepare() to get a statement with a cursor of its own.",
    ],
    [
      '(() => { const s = db.prepare("select id from t"); const a = s.iterate(), b = s.iterate(); return [a.next(), b.next()] })()',
      '[{"value":{"id":1},"done":false},{"value":{"id":1},"done":false}]',
    ],
    [
      '(() => { const it = db.prepare("select id from t where id > ?").iterate(1, 2); return it.next() })()',
      "Error: SQLite query expected 1 values, received 2",
    ],
    [
      '(() => { for (const { id } of db.prepare("select id from t")) db.run("update t set a = id + 10 where id = ?", id); return db.query("select a from t").values() })()',
      '[["11"]]',
    ],
    [
      '(() => { const s = db.prepare("select id from t"); const it = s.iterate(); it.next(); s.finalize(); it.next() })()',
      "Error: Statement has finalized",
    ],
    [
      '(() => { const d = new Database(); d.run("create table t(a); insert into t values(1), (2)"); for (const row of d.prepare("select a from t")) break; return d.run("drop table t") })()',
      '{"changes":0,"lastInsertRowid":2}',
    ],
  ],
  run: [
    ["db.run(\"insert into t(a) values('x'), ('y')\")", '{"changes":2,"lastInsertRowid":3}'],
    ['db.run("select 1")', '{"changes":0,"lastInsertRowid":3}'],
    [
      "db.run(\"with c(x) as (select 'a' union select 'b') select replace(x, 'a', 'b') from c\").changes",
      "0",
    ],
    ['db.run("with c as (select 1 a), replace as (select a from c) select * from replace").changes', "0"],
    ['db.run("update t set b = 2 where 0")', '{"changes":0,"lastInsertRowid":3}'],
    ['db.run("create table u as select * from t")', '{"changes":0,"lastInsertRowid":3}'],
    [
      "db.run(\"insert into t(a) values('z'); insert into t(a) values('w'); select 1\")",
      '{"changes":2,"lastInsertRowid":5}',
    ],
    [
      'db.run("insert into t(a) values(?); insert into t(a) values(\'w2\')", "q")',
      '{"changes":2,"lastInsertRowid":7}',
    ],
    ['db.run("insert into t(a) values(?)", ["arr"])', '{"changes":1,"lastInsertRowid":8}'],
    ['db.run("insert into t(a) values($a)", { a: "obj" })', '{"changes":1,"lastInsertRowid":9}'],
    ['db.run("insert into t(a, b) values(?, ?)", "two", 2)', '{"changes":1,"lastInsertRowid":10}'],
    ["db.run(\"; /* x */ insert into t(a) values('bl'); -- tail\")", '{"changes":1,"lastInsertRowid":11}'],
    [
      'db.run("insert into t(a) values(\'s1\'); insert into t(a) values(?)", "q2")',
      "Error: SQLite query expected 0 values, received 1",
    ],
    ['db.run("")', "Error: SQL string mustn't be blank"],
    ['db.run("-- nothing")', "Error: Query contained no valid SQL statement; likely empty query."],
    ["db.run()", "Error: Expected SQL string"],
    [
      "db.run(\"create trigger tr after insert on t begin insert into u(a) values(new.a); update u set b = 0; end; insert into t(a) values('tr')\")",
      '{"changes":1,"lastInsertRowid":12}',
    ],
    [
      "db.run(\"insert into t(a) values('k1'); insert into t(a) values('k1'); insert into t(a) values('k2')\")",
      "SQLiteError: UNIQUE constraint failed: t.a SQLITE_CONSTRAINT_UNIQUE at -1",
    ],
    ["db.query(\"select count(*) n from t where a like 'k%'\").get()", '{"n":1}'],
    ["db.exec(\"insert into t(a) values('e')\").changes", "1"],
    ['db.query("select changes()").values()', "[[1]]"],
    [
      'db.query("with x as (select 5) update t set b = (select * from x) where id = 1").run()',
      '{"changes":1,"lastInsertRowid":14}',
    ],
    ['db.prepare("select 1; select nonsense from nowhere").all()', '[{"1":1}]'],
    // Beyond 53 bits, as the ids of some services are.
    [
      "db.run(\"insert into t(id, a) values(9007199254740993, 'l1'), (9007199254740995, 'l2')\")",
      '{"changes":2,"lastInsertRowid":9007199254740996}',
    ],
    ['db.run("create table large(a)")', '{"changes":0,"lastInsertRowid":9007199254740996}'],
    [
      'db.query("update t set b = 3 where id > ?").run(2 ** 53)',
      '{"changes":2,"lastInsertRowid":9007199254740996}',
    ],
    ["db.query(\"select count(*) n from t where a like 'l_'\").get()", '{"n":2}'],
    [
      "safe.run(\"insert into t(id, a) values(9007199254740993, 'l1')\")",
      '{"changes":1,"lastInsertRowid":"9007199254740993n"}',
    ],
    [
      "db.run(\"delete from t where id > 12 and a like 'l_'\")",
      '{"changes":2,"lastInsertRowid":9007199254740996}',
    ],
  ],
  "errors of SQLite": [
    [
      "db.run(\"insert into t(a) values('one')\")",
      "SQLiteError: UNIQUE constraint failed: t.a SQLITE_CONSTRAINT_UNIQUE at -1",
    ],
    [
      'db.run("insert into t(id) values(1)")',
      "SQLiteError: UNIQUE constraint failed: t.id SQLITE_CONSTRAINT_PRIMARYKEY at -1",
    ],
    [
      "db.run(\"insert into t(a, b) values('n', null)\")",
      "SQLiteError: NOT NULL constraint failed: t.b SQLITE_CONSTRAINT_NOTNULL at -1",
    ],
    [
      "db.run(\"insert into t(a, b) values('c', 9)\")",
      "SQLiteError: CHECK constraint failed: b <> 9 SQLITE_CONSTRAINT_CHECK at -1",
    ],
    ["db.run(\"insert into t(id) values('x')\")", "SQLiteError: datatype mismatch SQLITE_MISMATCH at -1"],
    [
      '(() => { db.run("create table c(r references t(id)); pragma foreign_keys = on"); db.run("insert into c values(99)") })()',
      "SQLiteError: FOREIGN KEY constraint failed SQLITE_CONSTRAINT_FOREIGNKEY at -1",
    ],
    [
      '(() => { db.run("create table s(a integer) strict"); db.run("insert into s values(\'x\')") })()',
      "SQLiteError: cannot store TEXT value in INTEGER column s.a SQLITE_CONSTRAINT_DATATYPE at -1",
    ],
    [
      '(() => { db.run("create trigger tr before delete on t begin select raise(abort, \'no way\'); end"); db.run("delete from t") })()',
      "SQLiteError: no way SQLITE_CONSTRAINT_TRIGGER at -1",
    ],
    ['db.query("select * from nope")', "SQLiteError: no such table: nope SQLITE_ERROR at -1"],
    ['db.query("select nope from t")', "SQLiteError: no such column: nope SQLITE_ERROR at 7"],
    ['db.query("select a, t.nope, nope from t")', "SQLiteError: no such column: t.nope SQLITE_ERROR at 10"],
    [
      "db.query(\"select 'nope', nope, nope from t\")",
      "SQLiteError: no such column: nope SQLITE_ERROR at 15",
    ],
    ['db.query("select nofn(1)")', "SQLiteError: no such function: nofn SQLITE_ERROR at 7"],
    [
      'db.query("select abs(1, 2)")',
      "SQLiteError: wrong number of arguments to function abs() SQLITE_ERROR at 7",
    ],
    ['db.query("select a frm t where where")', 'SQLiteError: near "t": syntax error SQLITE_ERROR at 13'],
    ["db.query(\"select 'é', from t\")", 'SQLiteError: near "from": syntax error SQLITE_ERROR at 13'],
    ['db.query("select (")', "SQLiteError: incomplete input SQLITE_ERROR at -1"],
    ['db.query("select \'abc")', 'SQLiteError: unrecognized token: "\'abc" SQLITE_ERROR at 7'],
    ['db.run("select 1; selec 2")', 'SQLiteError: near "selec": syntax error SQLITE_ERROR at 10'],
    ['db.run("create table t(a)")', "SQLiteError: table t already exists SQLITE_ERROR at 13"],
    ['db.run("commit")', "SQLiteError: cannot commit - no transaction is active SQLITE_ERROR at -1"],
    ['db.query("")', "Error: SQL query cannot be empty."],
    ["db.query(5)", "TypeError: Expected 'query' to be a string, got 'number'"],
    ['db.prepare("")', "RangeError: Invalid SQL statement"],
    [
      '(() => { try { db.run("x") } catch (e) { return [e instanceof SQLiteError, Object.keys(e), String(e), e.name, e instanceof Error] } })()',
      '[true,["code","errno","byteOffset"],"SQLiteError: near \\"x\\": syntax error","SQLiteError",true]',
    ],
    ['new SQLiteError("x")', "Error: SQLiteError can only be constructed by bun:sqlite"],
  ],
  statements: [
    [
      '(() => { const s = db.prepare("select id, a, b + 1 c from t"); return [s.columnNames, s.columnTypes, s.declaredTypes, s.paramsCount, s.reader, s.readonly, s.isFinalized, s.safeIntegers()] })()',
      '[["id","a","c"],["INTEGER","TEXT","INTEGER"],["INTEGER","TEXT",null],0,true,true,false,false]',
    ],
    [
      'db.prepare("insert into t(a) values(?) returning id").columnTypes',
      "Error: columnTypes is not available for non-read-only statements (INSERT, UPDATE, DELETE, etc.)",
    ],
    ['db.prepare("select * from t where 0").columnTypes', '["NULL","NULL","NULL"]'],
    [
      '["pragma user_version", "pragma user_version = 3", "pragma journal_mode", "vacuum", "analyze", "explain select 1", "savepoint a", "create temp table x(a)", "with x as (select 1) insert into t(a) select * from x", "pragma foreign_keys = on"].map((sql) => db.prepare(sql).readonly)',
      "[true,false,false,false,false,true,true,false,false,true]",
    ],
    [
      '(() => { const s = db.query("select ?, $a, ?"); const before = String(s); s.all(1, "it\'s", new Uint8Array([1, 255])); return [before, String(s)] })()',
      "[\"select NULL, NULL, NULL\",\"select 1, 'it''s', x'01ff'\"]",
    ],
    [
      '(() => { const s = db.prepare("select ?, ?, ?, ?, ?, ?, ?, ?, ?"); s.all(1.5, null, true, 5n, 1e300, -0, 0.1, 1 / 3, 123456789012345680); return String(s) })()',
      '"select 1.5, NULL, 1, 5, 1.0e+300, 0.0, 0.1, 0.333333333333333, 1.23456789012346e+17"',
    ],
    ["String(db.prepare(\"/* ? */ select '?', ? -- x\"))", "\"/* ? */ select '?', NULL -- x\""],
    [
      'db.query("select ? a, $b").toJSON()',
      '{"sql":"select NULL a, NULL","isFinalized":false,"paramsCount":2,"columnNames":["a","$b"]}',
    ],
    [
      '(() => { const s = db.prepare("select 1"); s.finalize(); s.finalize(); return [s.isFinalized, String(s)] })()',
      '[true,""]',
    ],
    [
      '(() => { const s = db.prepare("select 1"); s.finalize(); s.all() })()',
      "Error: Statement has finalized",
    ],
    [
      '(() => { const s = db.prepare("select 1 a"); return [s.safeIntegers(true).get(), s.safeIntegers(), s.safeIntegers(false).get()] })()',
      '[{"a":"1n"},true,{"a":1}]',
    ],
    ['db.query("select 1") === db.query("select 1")', "true"],
    ['db.prepare("select 1") === db.prepare("select 1")', "false"],
    [
      '(() => { const s = db.query("select 0"); for (let i = 1; i < 20; i++) db.query("select " + i); const kept = s === db.query("select 0"); for (let i = 20; i < 40; i++) db.query("select " + i); return [kept, s === db.query("select 0"), s.get()] })()',
      '[true,false,{"0":0}]',
    ],
    ['(() => { const s = db.query("select 1"); db.clearQueryCache(); return s.isFinalized })()', "true"],
  ],
  "big integers": [
    ['safe.run("insert into t(a) values(5)")', '{"changes":1,"lastInsertRowid":"1n"}'],
    ['safe.query("select a, id, 1.5 r, 5.0 f from t").get()', '{"a":"5","id":"1n","r":1.5,"f":5}'],
    ['safe.query("select ?").values(2n ** 63n - 1n)', '[["9223372036854775807n"]]'],
    [
      'safe.query("select ?").values(2n ** 63n)',
      "RangeError: BigInt value '9223372036854775808' is out of range",
    ],
    [
      'safe.query("select ?").values(-(2n ** 63n) - 1n)',
      "RangeError: BigInt value '-9223372036854775809' is out of range",
    ],
    [
      'db.prepare("select ? a").safeIntegers(true).get(2n ** 63n)',
      "RangeError: BigInt value '9223372036854775808' is out of range",
    ],
    [
      'db.prepare("insert into t(a) values(1)").safeIntegers(true).run()',
      '{"changes":1,"lastInsertRowid":"2n"}',
    ],
  ],
  transactions: [
    [
      '(() => { const f = db.transaction(function (a, b) { db.run("insert into t(a) values(?)", a); return [this === undefined, a, b, db.inTransaction] }); return [f("1", 2), f.call({}, "3", 4), f.deferred("5"), f.immediate("7"), f.exclusive("9"), db.inTransaction] })()',
      '[[true,"1",2,true],[false,"3",4,true],[false,"5",null,true],[false,"7",null,true],[false,"9",null,true],false]',
    ],
    [
      "(() => { const f = db.transaction(() => 1); return [f.default === f, f.deferred === f, f.database === db, f.deferred.immediate === f.immediate, Object.keys(f), f.length, f.name] })()",
      '[true,false,true,true,["database"],0,"transaction"]',
    ],
    [
      'db.transaction(() => { db.run("insert into t(a) values(\'gone\')"); throw new RangeError("no") })()',
      "RangeError: no",
    ],
    ["db.query(\"select count(*) n from t where a = 'gone'\").get()", '{"n":0}'],
    [
      '(() => { const inner = db.transaction((x) => { db.run("insert into t(a) values(?)", x); if (x === "n2") throw new Error("inner") }); db.transaction(() => { inner("n1"); try { inner("n2") } catch {} inner("n3") })(); return db.query("select a from t where a like \'n%\'").values() })()',
      '[["n1"],["n3"]]',
    ],
    [
      '(() => { const p = db.transaction(async () => { db.run("insert into t(a) values(\'async\')"); throw new Error("x") })(); p.catch(() => {}); return [p instanceof Promise, db.inTransaction, db.query("select 1 from t where a = \'async\'").values()] })()',
      "[true,false,[]]",
    ],
    [
      'db.transaction(() => { db.run("rollback"); return 5 })()',
      "SQLiteError: cannot commit - no transaction is active SQLITE_ERROR at -1",
    ],
    ['db.transaction(() => { db.run("rollback"); throw new Error("mine") })()', "Error: mine"],
    [
      "db.transaction(() => db.run(\"insert or rollback into t(a) values('one')\"))()",
      "SQLiteError: UNIQUE constraint failed: t.a SQLITE_CONSTRAINT_UNIQUE at -1",
    ],
    [
      '(() => { db.run("begin"); const r = db.transaction(() => { db.run("insert into t(a) values(\'s\')"); return 1 })(); db.run("rollback"); return [r, db.query("select 1 from t where a = \'s\'").values()] })()',
      "[1,[]]",
    ],
    ["db.transaction(5)", "TypeError: Expected first argument to be a function"],
  ],
  "opening and closing": [
    [
      'new Database("a.db", { readonly: true })',
      "SQLiteError: unable to open database file SQLITE_CANTOPEN at -1",
    ],
    [
      'new Database("a.db", { create: false })',
      "SQLiteError: unable to open database file SQLITE_CANTOPEN at -1",
    ],
    [
      'new Database("a.db", { readwrite: true })',
      "SQLiteError: unable to open database file SQLITE_CANTOPEN at -1",
    ],
    ['new Database("no/such/folder.db")', "SQLiteError: unable to open database file SQLITE_CANTOPEN at -1"],
    [
      'new Database("a.db", { readonly: true, create: true })',
      'TypeError: A read-only database ("readonly: true" or "readwrite: false") cannot have "create: true" or "readwrite: true"',
    ],
    [
      'new Database("a.db", { readonly: true, readwrite: true })',
      'TypeError: A read-only database ("readonly: true" or "readwrite: false") cannot have "create: true" or "readwrite: true"',
    ],
    [
      'new Database("a.db", { readwrite: false, create: true })',
      'TypeError: A read-only database ("readonly: true" or "readwrite: false") cannot have "create: true" or "readwrite: true"',
    ],
    ['new Database("a.db", 0)', "SQLiteError: bad parameter or other API misuse SQLITE_MISUSE at -1"],
    [
      'new Database("a.db", constants.SQLITE_OPEN_READONLY)',
      "SQLiteError: unable to open database file SQLITE_CANTOPEN at -1",
    ],
    [
      'new Database(":memory:", { readonly: true })',
      "Error: Cannot open an anonymous database in read-only mode.",
    ],
    ["new Database(null)", "TypeError: Expected 'filename' to be a string, got 'object'"],
    ['new Database("b.db").run("create table x(a)")', '{"changes":0,"lastInsertRowid":0}'],
    [
      'new Database("b.db", { readonly: true }).run("insert into x values(1)")',
      "SQLiteError: attempt to write a readonly database SQLITE_READONLY at -1",
    ],
    [
      'new Database("b.db", { create: false }).run("insert into x values(1)")',
      '{"changes":1,"lastInsertRowid":1}',
    ],
    ['new Database("b.db", constants.SQLITE_OPEN_READWRITE).query("select * from x").all()', '[{"a":1}]'],
    [
      'JSON.stringify([new Database(" :memory: "), new Database(""), new Database("./b.db"), Database.open("b.db")])',
      '"[{\\"filename\\":\\":memory:\\"},{\\"filename\\":\\"\\"},{\\"filename\\":\\"./b.db\\"},{\\"filename\\":\\"b.db\\"}]"',
    ],
    [
      '(() => { const d = new Database(); const q = d.query("select 1 a"), p = d.prepare("select 2 a"); d.close(); d.close(); return [q.isFinalized, String(q), p.isFinalized, p.all()] })()',
      '[true,"",false,[{"a":2}]]',
    ],
    [
      '(() => { const d = new Database(); const q = d.query("select 1 a"); d.close(); q.all() })()',
      "Error: Database has closed",
    ],
    [
      '(() => { const d = new Database(); const p = d.prepare("select 1 a"); d.close(true); p.all() })()',
      "Error: Database has closed",
    ],
    ['(() => { const d = new Database(); d.close(); d.run("select 1") })()', "Error: Database has closed"],
    [
      '(() => { const d = new Database(); d.close(); d.query("select 1") })()',
      "RangeError: Cannot use a closed database",
    ],
    ["(() => { const d = new Database(); d.close(); d.inTransaction })()", "Error: Database has closed"],
    [
      "(() => { const d = new Database(); d.close(); d.serialize() })()",
      "Error: Can't do this on a closed database",
    ],
    [
      '(() => { const d = new Database(); d[Symbol.dispose](); d.run("select 1") })()',
      "Error: Database has closed",
    ],
    ['db[Symbol.for("sqlite-type")]', '"bun:sqlite"'],
    ["standard === Database", "true"],
    ['Database.setCustomSQLite("/x")', "false"],
    ["new Database().fileControl(constants.SQLITE_FCNTL_PERSIST_WAL, 0)", "12"],
    ['new Database("b.db").fileControl(constants.SQLITE_FCNTL_PERSIST_WAL, 0)', "0"],
  ],
  "serialized databases": [
    ['Database.deserialize(db.serialize()).query("select a from t").values()', '[["one"]]'],
    [
      '(() => { const d = Database.deserialize(db.serialize()); d.run("insert into t(a) values(\'two\')"); return [d.filename, d.query("select count(*) n from t").get(), db.query("select count(*) n from t").get()] })()',
      '[":memory:",{"n":2},{"n":1}]',
    ],
    ['new Database(db.serialize()).query("select a from t").values()', '[["one"]]'],
    [
      'Database.deserialize(db.serialize(), true).run("insert into t(a) values(1)")',
      "SQLiteError: attempt to write a readonly database SQLITE_READONLY at -1",
    ],
    [
      'Database.deserialize(db.serialize(), { strict: true }).query("select $a").get({})',
      'Error: Missing parameter "a"',
    ],
    ['db.serialize("nope")', "Error: Out of memory"],
    ["db.serialize().constructor.name", '"Buffer"'],
    [
      'Database.deserialize("x")',
      "TypeError: Expected 'serialized' to be a TypedArray or ArrayBuffer, got 'string'",
    ],
    ["Database.deserialize(new Uint8Array(0))", "Error: ArrayBuffer must not be empty"],
    [
      'Database.deserialize(new Uint8Array(100)).query("select * from sqlite_master").all()',
      "SQLiteError: file is not a database SQLITE_NOTADB at -1",
    ],
  ],
  functions: [
    ['db.function("f", (a, b) => a + b).query("select f(12, 4) n").get()', '{"n":16}'],
    [
      '[1, 1.5, "x", true, null, undefined, 5n, new Uint8Array([1]), new ArrayBuffer(1), NaN, 2 ** 60].map((v) => { db.function("f", () => v); return db.prepare("select f(), typeof(f())").values()[0] })',
      '[[1,"integer"],[1.5,"real"],["x","text"],[1,"integer"],[null,"null"],[null,"null"],[5,"integer"],["Uint8Array 1","blob"],["Uint8Array 0","blob"],[null,"null"],[1152921504606847000,"real"]]',
    ],
    [
      '(() => { db.function("f", () => ({})); db.query("select f()").get() })()',
      "TypeError: User-defined function f() returned an invalid value",
    ],
    [
      "(() => { db.function(\"g\", { varargs: true }, (...a) => a.map((x) => x?.constructor.name).join()); return db.query(\"select g(1, 1.5, 'x', null, x'01') v, g() w\").get() })()",
      '{"v":"Number,Number,String,,Uint8Array","w":""}',
    ],
    [
      '(() => { db.function("h", { safeIntegers: true }, (a) => typeof a); return db.query("select h(1) v").get() })()',
      '{"v":"bigint"}',
    ],
    [
      '(() => { db.function("big", (a) => String(a)); return db.query("select big(9007199254741093) v").get() })()',
      '{"v":"9007199254741092"}',
    ],
    [
      '(() => { db.function("o", () => 0).function("o", (a) => 1).function("o", (a, b) => 2); return db.query("select o(), o(1), O(1, 2)").values() })()',
      "[[0,1,2]]",
    ],
    [
      '(() => { db.function("abs", (a) => "mine"); return db.query("select abs(1)").values() })()',
      '[["mine"]]',
    ],
    [
      '(() => { db.function("fail", () => { throw new RangeError("not today") }); db.query("select fail()").get() })()',
      "RangeError: not today",
    ],
    [
      '(() => { db.function("fail2", () => { throw "text" }); db.query("insert into t(a) select fail2()").run() })()',
      "thrown: text",
    ],
    [
      '(() => { db.function("busy", () => db.query("select 1").get()); db.query("select busy()").get() })()',
      "TypeError: This database connection is busy executing a query",
    ],
    [
      '(() => { db.function("det", { deterministic: true }, (a) => a); return db.run("create index i on t(det(a))").changes })()',
      "0",
    ],
    [
      'db.query("select o(1, 2, 3)").get()',
      "SQLiteError: wrong number of arguments to function o() SQLITE_ERROR at 7",
    ],
    ["db.function(5, () => 1)", "TypeError: Expected first argument to be a string"],
    ['db.function("", () => 1)', "TypeError: User-defined function name cannot be an empty string"],
    ['db.function("f", 5)', "TypeError: Expected last argument to be a function"],
    ['db.function("f", 5, () => 1)', "TypeError: Expected second argument to be an options object"],
    ['db.function("f", { varargs: 1 }, () => 1)', 'TypeError: Expected the "varargs" option to be a boolean'],
    [
      'db.function("f".repeat(300), () => 1)',
      "SQLiteError: bad parameter or other API misuse SQLITE_MISUSE at -1",
    ],
  ],
};

const AGGREGATES: Rows = [
  [
    "(() => { db.run(\"create table x(g, v); insert into x values('a', 1), ('a', 2), ('b', 3)\"); db.aggregate(\"total2\", { start: 0, step: (t, v) => t + v }); return db.query(\"select total2(v), total2(v + 1) from x\").values() })()",
    "[[6,9]]",
  ],
  [
    '(() => { db.aggregate("list", { start: () => [], step: (t, v) => { t.push(v) }, inverse: (t) => { t.shift() }, result: (t) => t.join("+") }); return db.query("select g, list(v) from x group by g").values() })()',
    '[["a","1+2"],["b","3"]]',
  ],
  ['db.query("select list(v) over (rows 1 preceding) from x").values()', '[["1"],["1+2"],["2+3"]]'],
  [
    'db.query("select total2(v) over (rows 1 preceding) from x").values()',
    "SQLiteError: total2() may not be used as a window function SQLITE_ERROR at 7",
  ],
  ['db.query("select total2(v) from x where 0").values()', "[[0]]"],
  [
    '(() => { db.aggregate("sfail", { step(t, v) { throw new RangeError("step") } }); db.query("select sfail(v) from x").get() })()',
    "RangeError: step",
  ],
  [
    '(() => { db.aggregate("rfail", { step(t, v) {}, result(t) { throw new RangeError("result") } }); db.query("select rfail(v) from x").get() })()',
    "RangeError: result",
  ],
  [
    '(() => { db.aggregate("ifail", { start() { throw new RangeError("start") }, step(t, v) {} }); db.query("select ifail(v) from x").get() })()',
    "RangeError: start",
  ],
  [
    '(() => { db.aggregate("kind", { step: (t, v) => ({}) }); db.query("select kind(v) from x").get() })()',
    "TypeError: User-defined function kind() returned an invalid value",
  ],
  [
    '(() => { db.aggregate("many", { varargs: true, start: 0, step: (t, ...a) => t + a.length }); return db.query("select many(v, v), many() from x").values() })()',
    "[[6,0]]",
  ],
  ['db.aggregate("a", {})', 'TypeError: Missing required option "step"'],
  ['db.aggregate("a", { step: 1 })', 'TypeError: Expected the "step" option to be a function'],
  ['db.aggregate("a", () => 1)', "TypeError: Expected second argument to be an options object"],
  ['db.aggregate("a", { step() {}, result: 1 })', 'TypeError: Expected the "result" option to be a function'],
];

function caseOf(name: string, rows: Rows, env?: Readonly<Record<string, string>>): ProgramCase {
  const calls = rows.map(([expression]) => `show(() => ${expression});`).join("\n");
  const prints = rows.map(([, line]) => line).join("\n");
  return { name, files: { "show.ts": SHOW, "main.ts": SETUP + calls }, prints, ...(env && { env }) };
}

const cases = Object.entries(TOPICS);
const statement = (getBuiltinModule?.("node:sqlite") as { StatementSync?: { prototype: object } } | undefined)
  ?.StatementSync?.prototype;
const hasNodeSQLite = statement !== undefined && "columns" in statement;

describe("bun:sqlite", () => {
  itRunsAsOnBun(cases.map(([name, rows]) => caseOf(name, rows)));
});

describe("a database that is imported", () => {
  const make =
    'new (require("bun:sqlite").Database)("made.sqlite").run("create table if not exists t(a); insert into t values(1)");';
  const say = "console.log(db.filename, db.query('select a from t limit 1').get().a);";
  itRunsAsOnBun([
    {
      name: "with an attribute, and by its name",
      files: {
        "make.ts": make,
        "main.ts": `import "./make"; const { default: db, db: same } = await import("./made.sqlite", { with: { type: "sqlite" } }); ${say}
          console.log(db === same, (await import("./made.sqlite")).default.filename);`,
      },
      prints: "$DIR/made.sqlite 1\ntrue $DIR/made.sqlite",
    },
    {
      name: "by require, in CommonJS that requires bun:sqlite, too",
      files: {
        "main.cjs": `${make} const { db, default: same } = require("./made.sqlite"); ${say} console.log(db === same);`,
      },
      args: ["main.cjs"],
      prints: "$DIR/made.sqlite 1\ntrue",
    },
    {
      name: "that is not there",
      files: { "main.ts": 'await import("./none.sqlite").catch(() => console.log("refused"));' },
      prints: "refused",
    },
  ]);
});

describe.runIf(hasNodeSQLite)("bun:sqlite over node:sqlite", () => {
  itRunsAsOnBun([caseOf("aggregates", AGGREGATES)]);
});

// Older lines have no other one, and have just run it.
describe.runIf(hasNodeSQLite)("bun:sqlite in WebAssembly", () => {
  itRunsAsOnBun(cases.map(([name, rows]) => caseOf(name, rows, { MANTOU_SQLITE_BACKEND: "wasm" })));
});
