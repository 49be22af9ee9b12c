import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";

const run = promisify(execFile);
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** A program as its author wrote it for bun-types. A line with `@ts-expect-error` is an error for both. */
const PROGRAM = `
import standard, { constants, Database, SQLiteError, Statement, type AggregateOptions, type Changes, type DatabaseOptions, type FunctionOptions, type SQLFunctionResult, type SQLQueryBindings, type UpdateHook } from "bun:sqlite";

const options: DatabaseOptions = { readonly: false, create: true, readwrite: true, strict: true, safeIntegers: undefined };
const db: Database = new Database(":memory:", options);
new Database();
new Database("x", constants.SQLITE_OPEN_READWRITE | constants.SQLITE_OPEN_CREATE);
Database.open("x", { create: true });
const same: typeof Database = standard;

interface Cat { id: number; name: string }
const all: Cat[] = db.query<Cat, []>("select * from cats").all();
const one: Cat | null = db.query<Cat, [number]>("select * from cats where id = ?").get(5);
const named: Cat | null = db.query<Cat, { $id: number }>("select * from cats where id = $id").get({ $id: 5 });
const prepared: Statement<Cat, [string, number]> = db.prepare<Cat, [string, number]>("select ?, ?");
const { changes, lastInsertRowid }: Changes = prepared.run("x", 1);
const total: number = changes;
const rowid: number | bigint = lastInsertRowid;
const loose = db.query("select 1");
const unknowns: unknown[] = loose.all();
const anyParameters: Statement = db.prepare("select ?");
anyParameters.get(1, "x", null, 5n, true, new Uint8Array(1));
// @ts-expect-error a number is due
prepared.run("x", "y");
// @ts-expect-error there is no such option
new Database("x", { nothing: true });
// @ts-expect-error functions are no values
const wrong: SQLQueryBindings = () => 1;

const rows: (string | bigint | number | Uint8Array | null)[][] = prepared.values("x", 1);
const bytes: (Uint8Array | null)[][] = prepared.raw("x", 1);
for (const cat of prepared.iterate("x", 1)) cat.name.toUpperCase();
for (const cat of db.query<Cat, []>("select 1")) cat.id.toFixed();
class Animal { name!: string; hello(): string { return this.name } }
const animals: Animal[] = db.query("select name from cats").as(Animal).all();
const text: string = prepared.toString();
const names: string[] = prepared.columnNames;
const declared: (string | null)[] = prepared.declaredTypes;
const types: ("INTEGER" | "FLOAT" | "TEXT" | "BLOB" | "NULL" | null)[] = prepared.columnTypes;
const flags: boolean[] = [prepared.reader, prepared.readonly, prepared.isFinalized, prepared.safeIntegers()];
const count: number = prepared.safeIntegers(true).paramsCount;
const json: { sql: string; isFinalized: boolean; paramsCount: number; columnNames: string[] } = prepared.toJSON();
prepared.finalize();
prepared[Symbol.dispose]();

db.run("insert into cats values(?)", ["x"]);
db.exec("insert into cats values(?)", [1, 2]);
const insert = db.transaction((cats: Cat[], label?: string) => cats.length);
const inserted: number = insert([{ id: 1, name: "a" }], "x");
const kinds: number[] = [insert.deferred([]), insert.immediate([]), insert.exclusive([])];
// @ts-expect-error cats are due
insert(5);

const given: FunctionOptions = { varargs: true, deterministic: true, directOnly: false };
const result: SQLFunctionResult = undefined;
const chained: Database = db.function("f", (a, b) => a + b).function("g", given, (...all) => all.length);
const sum: AggregateOptions<number> = { start: 0, step: (total, value) => total + value, inverse: (total, value) => total - value };
db.aggregate("sum2", sum);
db.aggregate("list", { start: () => [] as string[], step: (items, item) => { items.push(item) }, result: (items) => items.join() });
const hook: UpdateHook = function (database, tableName, rowid, schemaName) { this.filename; database.filename; tableName.length; schemaName.length; rowid };
db.onInsert = hook;
db.onUpdate = null;
db.onDelete = undefined;
const maybe: UpdateHook | null = db.onInsert;

const copy: Database = Database.deserialize(db.serialize(), { readonly: true });
Database.deserialize(db.serialize("main"), true);
const size: number = db.serialize().readUInt8(0);
const custom: boolean = Database.setCustomSQLite("x");
Database.MAX_QUERY_CACHE_SIZE = 5;
db.fileControl(constants.SQLITE_FCNTL_PERSIST_WAL, 0);
db.fileControl("main", 10, new Int32Array(2));
db.loadExtension("x", "y");
db.clearQueryCache();
const state: [boolean, string, number] = [db.inTransaction, db.filename, db.handle];
db.close();
db.close(true);
try { db.run("x") } catch (error) {
  if (error instanceof SQLiteError) { const code: string | undefined = error.code; const errno: number = error.errno; const at: number = error.byteOffset; const name: "SQLiteError" = error.name }
}
{ using database = new Database(); using statement = database.query("select 1") }
`;

const folder = mkdtempSync(path("../../node_modules/.types-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ["bun-types", { types: ["bun-types"] }],
  ["@mantou/bun", { types: ["node"], paths: { "bun:sqlite": [path("../../dist/sqlite/index.d.ts")] } }],
])(
  "a program compiles with the types of %s",
  async (name, given) => {
    const project = join(folder, name.replace("/", "-"));
    mkdirSync(project);
    writeFileSync(join(project, "main.ts"), PROGRAM);
    const compilerOptions = {
      ...{
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: "esnext",
        lib: ["esnext"],
        module: "nodenext",
      },
      ...{
        exactOptionalPropertyTypes: true,
        typeRoots: [path("../../../../node_modules"), path("../../../../node_modules/@types")],
      },
      ...given,
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
    const tsc = path("../../../../node_modules/typescript/bin/tsc");
    const failure = await run(process.execPath, [tsc, "-p", project]).then(
      () => "",
      ({ stdout }: { stdout: string }) => stdout,
    );
    expect(failure).toBe("");
  },
  120_000,
);
