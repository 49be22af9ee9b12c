import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

const HEAD = `
          import { SQL } from "bun";
          const text = (v) => JSON.stringify(v, (_, x) => (typeof x === "bigint" ? x + "n" : x instanceof Uint8Array ? "bytes " + [...x] : x));
          async function show(name, call) {
            try { console.log(name, text(await call())); }
            catch (error) { console.log(name, error.name, error.message, error.code, error.errno); }
          }
          const sql = new SQL(":memory:");
          await sql\`CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, age INT)\`;`;

describe("Bun.SQL with SQLite", () => {
  itRunsAsOnBun([
    {
      name: "inserts, updates and selects with helpers",
      files: {
        "main.ts": `${HEAD}
          const details = ({ count, command, affectedRows, lastInsertRowid, columns }) => [count, command, affectedRows, lastInsertRowid, columns];
          await show("insert", async () => details(await sql\`INSERT INTO t \${sql([{ name: "a", age: 1 }, { name: "b", age: undefined }, { name: "c" }])}\`));
          await show("picked", async () => details(await sql\`INSERT INTO t \${sql({ name: "d", age: 4, other: 1 }, "name", "age")} RETURNING *\`));
          await show("update", async () => details(await sql\`UPDATE t SET \${sql({ age: 9, name: undefined })} WHERE id = \${1}\`));
          await show("delete", async () => details(await sql\`DELETE FROM t WHERE id = \${100}\`));
          await show("select", async () => details(await sql\`SELECT * FROM t\`));
          await show("all", () => sql\`SELECT * FROM t ORDER BY id\`);
          await show("in", () => sql\`SELECT id FROM t WHERE id IN \${sql([1, 3])}\`);
          await show("in objects", () => sql\`SELECT id FROM t WHERE id IN \${sql([{ id: 2 }, { id: 3 }], "id")}\`);
          await show("in none", () => sql\`SELECT id FROM t WHERE id IN \${sql([])}\`);
          await show("names", () => sql\`SELECT \${sql("t.name")} FROM \${sql("t")} WHERE id = 1\`);
          await show("fragments", () => sql\`SELECT id FROM t WHERE true \${sql\`AND id > \${1}\`} \${[sql\`AND id < \${4}\`, sql\`AND name <> \${"b"}\`]} \${sql\`\`}\`);
          await show("values", () => sql\`SELECT id, name FROM t LIMIT 2\`.values());
          await show("raw", () => sql\`SELECT name FROM t LIMIT 1\`.raw());
          await show("no columns", () => sql\`INSERT INTO t \${sql({})}\`);
          await show("no place for a helper", () => sql\`SELECT \${sql(["a"])} FROM t\`);
          await show("no template", () => sql("t"));
          const rows = async () => sql([{ name: "from a function" }]);
          await show("a helper of a function", async () => sql\`INSERT INTO t \${await rows()} RETURNING name\`);
          await show("no text", () => sql.unsafe().catch((error) => error.name));
        `,
      },
      prints: [
        'insert [3,"INSERT",3,3,null]',
        'picked [1,"INSERT",1,4,null]',
        'update [1,"UPDATE",1,4,null]',
        'delete [0,"DELETE",0,4,null]',
        'select [4,"SELECT",0,null,null]',
        'all [{"id":1,"name":"a","age":9},{"id":2,"name":"b","age":null},{"id":3,"name":"c","age":null},{"id":4,"name":"d","age":4}]',
        'in [{"id":1},{"id":3}]',
        'in objects [{"id":2},{"id":3}]',
        "in none []",
        'names [{"name":"a"}]',
        'fragments [{"id":3}]',
        'values [[1,"a"],[2,"b"]]',
        'raw [["bytes 97"]]',
        "no columns SyntaxError Cannot INSERT with no columns undefined undefined",
        "no place for a helper SyntaxError Helpers are only allowed for INSERT, UPDATE and IN commands undefined undefined",
        "no template SQLiteError Query not called as a tagged template literal ERR_SQLITE_NOT_TAGGED_CALL 0",
        'a helper of a function [{"name":"from a function"}]',
        'no text "SyntaxError"',
      ].join("\n"),
    },
    {
      name: "binds values, or refuses them",
      files: {
        "main.ts": `${HEAD}
          await show("kinds", () => sql\`SELECT \${true} a, \${10n} b, \${null} c, \${undefined} d, \${1.5} e, \${new Uint8Array([1, 2])} f, \${"s"} g\`);
          await show("date", () => sql\`SELECT \${new Date(0)} a\`);
          await show("object", () => sql\`SELECT \${{ a: 1 }} a\`);
          await show("array", () => sql\`SELECT \${[1]} a\`);
          await show("json", () => sql\`SELECT \${sql.json({ a: 1 })} a\`);
          await show("named", () => sql.unsafe("SELECT :a AS a, $b AS b", { a: 1, $b: "x" }));
          await show("numbered", () => sql.unsafe("SELECT ? AS a, ?2 AS b", [1, "x"]));
          await show("sql.array", async () => sql.array([1]));
          const big = new SQL({ filename: ":memory:", bigint: true });
          await show("bigint", () => big\`SELECT 1 a\`);
        `,
      },
      prints: [
        'kinds [{"a":1,"b":10,"c":null,"d":null,"e":1.5,"f":"bytes 1,2","g":"s"}]',
        "date TypeError Binding expected string, TypedArray, boolean, number, bigint or null undefined undefined",
        "object TypeError Binding expected string, TypedArray, boolean, number, bigint or null undefined undefined",
        "array TypeError Binding expected string, TypedArray, boolean, number, bigint or null undefined undefined",
        'json [{"a":"{\\"a\\":1}"}]',
        'named [{"a":1,"b":"x"}]',
        'numbered [{"a":1,"b":"x"}]',
        "sql.array Error SQLite doesn't support arrays undefined undefined",
        'bigint [{"a":"1n"}]',
      ].join("\n"),
    },
    {
      name: "runs several statements, and files",
      files: {
        "main.ts": `${HEAD}
          await Bun.write("q.sql", "SELECT ? AS a, ? AS b");
          await Bun.write("s.sql", "CREATE TABLE v (a); INSERT INTO v VALUES (1), (2)");
          await show("simple", () => sql\`SELECT 1 a; SELECT 2 b\`.simple());
          await show("unsafe", async () => (await sql.unsafe("CREATE TABLE u (a); INSERT INTO u VALUES (1), (2)")).count);
          await show("file", () => sql.file("q.sql", [1, "x"]));
          await show("script", async () => (await sql.file("s.sql")).count);
          const values = [1, "x"];
          const later = [sql.file("q.sql", values), sql.unsafe("SELECT ? AS a, ? AS b", values)];
          values.fill(2);
          await show("copied", () => Promise.all(later));
          await show("later parameter", () => sql.unsafe("INSERT INTO t (name) VALUES (?); INSERT INTO t (name) VALUES (?)", ["later"]));
          await show("later fault", () => sql.unsafe("SELECT 1; SELECT 'é'; SELEC 1").catch((error) => error.byteOffset));
          await show("later changes", async () => {
            const { count, command, affectedRows } = await sql.unsafe("INSERT INTO t (name) VALUES ('later'); DELETE FROM t WHERE name = 'later'; CREATE TABLE later (a)");
            return [count, command, affectedRows];
          });
          await show("missing", () => sql.file("none.sql").catch((error) => error.code));
          await show("nested", () => sql\`SELECT a FROM v ORDER BY \${sql.unsafe("a DESC")}\`);
        `,
      },
      prints: [
        'simple [{"a":1}]',
        "unsafe 2",
        'file [{"a":1,"b":"x"}]',
        "script 2",
        'copied [[{"a":1,"b":"x"}],[{"a":1,"b":"x"}]]',
        "later parameter Error Only the first statement of a SQLite query can have parameters undefined undefined",
        "later fault 23",
        'later changes [3,"INSERT",3]',
        'missing "ENOENT"',
        'nested [{"a":2},{"a":1}]',
      ].join("\n"),
    },
    {
      name: "has transactions with savepoints",
      files: {
        "main.ts": `${HEAD}
          const count = async () => (await sql\`SELECT count(*) n FROM t\`)[0].n;
          await show("commit", () => sql.begin(async (tx) => {
            await tx\`INSERT INTO t (name) VALUES ('one')\`;
            await tx.savepoint(async (sp) => { await sp\`INSERT INTO t (name) VALUES ('two')\`; throw new Error("inner"); }).catch((error) => console.log(error.message));
            return tx.savepoint("named", async (sp) => { await sp\`INSERT INTO t (name) VALUES ('three')\`; return "done"; });
          }));
          await show("count", count);
          await show("rollback", () => sql.begin(async (tx) => { await tx\`DELETE FROM t\`; throw new RangeError("outer"); }));
          await show("count", count);
          await show("two at once", () => Promise.all([sql.begin(async (tx) => { await tx\`SELECT 1\`; return 1; }), sql.begin(async () => 2)]));
          await show("queries", () => sql.begin((tx) => [tx\`SELECT 1 a\`, tx\`SELECT 2 b\`]));
          await show("rows", async () => {
            const { count, command, length } = await sql.begin((tx) => tx\`SELECT 1 a\`);
            return [count, command, length];
          });
          await show("options", () => sql.begin("immediate", async () => 5));
          await show("wrong options", () => sql.begin("foo", async () => 5));
          await show("inside", () => sql.begin((tx) => tx.begin(async () => {})));
          let late;
          await sql.begin(async (tx) => { late = tx\`SELECT 1\`; });
          await show("late", () => late);
          await show("no function", () => sql.begin());
          await show("reserve", () => sql.reserve());
          await show("listen", () => sql.listen("a", () => {}));
        `,
      },
      prints: [
        "inner",
        'commit "done"',
        "count 2",
        "rollback RangeError outer undefined undefined",
        "count 2",
        "two at once [1,2]",
        'queries [[{"a":1}],[{"b":2}]]',
        'rows [1,"SELECT",1]',
        "options 5",
        'wrong options SQLiteError near "foo": syntax error SQLITE_ERROR 1',
        "inside SQLiteError cannot call begin inside a transaction use savepoint() instead ERR_SQLITE_INVALID_TRANSACTION_STATE 0",
        "late SQLiteError cannot run a query after its transaction or savepoint ended ERR_SQLITE_INVALID_TRANSACTION_STATE 0",
        "no function TypeError The argument 'options' must be a string. Received undefined ERR_INVALID_ARG_VALUE undefined",
        "reserve Error This adapter doesn't support connection reservation undefined undefined",
        "listen Error LISTEN/NOTIFY is not supported by this adapter (PostgreSQL only) undefined undefined",
      ].join("\n"),
    },
    {
      name: "starts a query when it is awaited",
      files: {
        "main.ts": `${HEAD}
          sql\`INSERT INTO t (name) VALUES ('never')\`;
          const query = sql\`SELECT 1 a\`;
          console.log(query instanceof Promise, query.active, String(query), sql instanceof SQL, sql.constructor.name, typeof sql);
          await show("twice", async () => (await query) === (await query));
          const cancelled = sql\`SELECT 1\`;
          cancelled.cancel();
          await show("cancelled", () => cancelled);
          console.log(cancelled.cancelled);
          await show("never", () => sql\`SELECT count(*) n FROM t\`);
          await show("execute", () => sql\`SELECT 2 a\`.execute());
          sql\`SELECT * FROM none\`.catch((error) => console.log("caught", error instanceof SQL.SQLiteError, error instanceof SQL.SQLError));
          await show("missing", () => sql\`SELECT * FROM none\`);
          await sql\`INSERT INTO t (id) VALUES (7)\`;
          await show("unique", () => sql\`INSERT INTO t (id) VALUES (7)\`);
          await sql.close();
          await show("closed", () => sql\`SELECT 1\`);
          await sql.end();
        `,
      },
      prints: [
        "true false [object Promise] true SQL function",
        "twice true",
        "cancelled SQLiteError Query cancelled ERR_SQLITE_QUERY_CANCELLED 0",
        "true",
        'never [{"n":0}]',
        'execute [{"a":2}]',
        "caught true true",
        "missing SQLiteError no such table: none SQLITE_ERROR 1",
        "unique SQLiteError UNIQUE constraint failed: t.id SQLITE_CONSTRAINT_PRIMARYKEY 1555",
        "closed SQLiteError Connection closed ERR_SQLITE_CONNECTION_CLOSED 0",
      ].join("\n"),
    },
    {
      name: "takes its options from URLs and the environment",
      files: {
        "main.ts": `${HEAD}
          for (const url of ["sqlite://:memory:", "file://:memory:", "sqlite:a.db", "sqlite://./b.db?mode=rwc", "c.db"]) {
            const each = new SQL(url, url === "c.db" ? { adapter: "sqlite" } : undefined);
            await show(url, async () => [each.options.adapter, each.options.filename, (await each\`SELECT 1 a\`)[0].a]);
          }
          await show("read only", () => new SQL("sqlite://a.db?mode=ro")\`CREATE TABLE a (b)\`);
          await show("not created", () => new SQL("sqlite://none.db?mode=rw")\`SELECT 1\`);
          try { new SQL("sqlite://a.db?mode=zz"); } catch (error) { console.log(error.name, error.message); }
          try { new SQL("foo://a"); } catch (error) { console.log(error.name, error.message); }
          const log = [];
          const called = new SQL({ filename: ":memory:", onconnect: (error) => log.push("open " + error), onclose: ({ message }) => log.push("close " + message) });
          await called\`SELECT 1\`;
          await called.close();
          console.log(log.join());
          const camel = new SQL({ filename: ":memory:", transform: SQL.camel });
          await camel\`CREATE TABLE q (first_name TEXT)\`;
          await camel\`INSERT INTO q \${camel({ firstName: "z" })}\`;
          await show("camel", () => camel\`SELECT * FROM q\`);
          process.env.DATABASE_URL = "sqlite://:memory:";
          await show("environment", async () => [(await Bun.sql\`SELECT 3 a\`)[0].a, Bun.sql.options.adapter, Bun.sql instanceof SQL]);
          console.log(["user_id", "a_b_c", "_x"].map((name) => [SQL.toCamel(name), SQL.toPascal(name), SQL.toKebab(name)].join()).join(" "));
          console.log([SQL.fromCamel("userId"), SQL.fromPascal("UserId"), SQL.fromKebab("user-id")].join());
        `,
      },
      prints: [
        'sqlite://:memory: ["sqlite",":memory:",1]',
        'file://:memory: ["sqlite",":memory:",1]',
        'sqlite:a.db ["sqlite","a.db",1]',
        'sqlite://./b.db?mode=rwc ["sqlite","./b.db",1]',
        'c.db ["sqlite","c.db",1]',
        "read only SQLiteError attempt to write a readonly database SQLITE_READONLY 8",
        "not created SQLiteError unable to open database file SQLITE_CANTOPEN 14",
        "TypeError The argument 'mode' must be one of: ro, rw, rwc, memory. Received 'zz'",
        'Error Unsupported protocol: foo. Supported adapters: "postgres", "sqlite", "mysql", "mariadb"',
        "open null,close Connection closed",
        'camel [{"firstName":"z"}]',
        'environment [3,"sqlite",true]',
        "userId,UserId,user-id aBC,ABC,a-b-c _x,_x,-x",
        "user_id,user_id,user_id",
      ].join("\n"),
    },
    {
      name: "reports failures of queries that nothing awaits, unless they run in a transaction",
      files: {
        "main.ts": `${HEAD}
          const reported = [];
          process.on("unhandledRejection", (error) => reported.push(error.code ?? error.name + " " + error.message));
          const ask = async (name, start, isLate) => {
            await start();
            for (let i = 0; i < 2000 && isLate && reported.length === 0; i++) await Bun.sleep(5);
            await Bun.sleep(20);
            console.log(name, reported.splice(0).join());
          };
          const failing = (sql) => sql\`INSERT INTO nowhere VALUES (1)\`;
          await ask("execute", () => void failing(sql).execute());
          await ask("then", () => void failing(sql).then(() => {}));
          await ask("finally", () => void failing(sql).finally(() => {}));
          await ask("finally, later", () => void failing(sql).finally(async () => { await 1; }));
          await ask("finally without a function", () => void failing(sql).finally());
          await ask("finally that fails", () => void failing(sql).finally(() => { throw new Error("own"); }));
          await ask("caught", () => void failing(sql).execute().catch(() => {}));
          await show("awaited", () => failing(sql).finally(() => {}));
          await show("the rows", () => sql\`SELECT 1 a\`.finally(() => 2));
          await ask("transaction", () => sql.begin(async (tx) => void failing(tx).execute()));
          await ask("savepoint", () => sql.begin((tx) => tx.savepoint(async (sp) => void failing(sp).execute())));
          await ask("no columns, in a transaction", () => sql.begin(async (tx) => void tx\`INSERT INTO t \${sql({})}\`.execute()));
          await ask("no file, in a transaction", () => sql.begin(async (tx) => { tx.file("none.sql").execute(); }), true);
          let ended;
          await sql.begin(async (tx) => { ended = tx; });
          await ask("behind a transaction", () => void ended\`SELECT 1\`.execute());
          await ask("cancelled", () => void sql\`SELECT 1\`.cancel().execute());
          await ask("value", () => void sql\`SELECT \${new Date(0)}\`.execute());
          await ask("no file", () => void sql.file("none.sql").execute(), true);
          await sql.close();
          await ask("closed", () => void sql\`SELECT 1\`.execute());
        `,
      },
      prints: [
        "execute SQLITE_ERROR",
        "then SQLITE_ERROR",
        "finally ",
        "finally, later ",
        "finally without a function SQLITE_ERROR",
        "finally that fails Error own",
        "caught ",
        "awaited SQLiteError no such table: nowhere SQLITE_ERROR 1",
        'the rows [{"a":1}]',
        "transaction ",
        "savepoint ",
        "no columns, in a transaction SyntaxError Cannot INSERT with no columns",
        "no file, in a transaction ENOENT",
        "behind a transaction ",
        "cancelled ",
        "value TypeError Binding expected string, TypedArray, boolean, number, bigint or null",
        "no file ENOENT",
        "closed ERR_SQLITE_CONNECTION_CLOSED",
      ].join("\n"),
    },
  ]);
});
