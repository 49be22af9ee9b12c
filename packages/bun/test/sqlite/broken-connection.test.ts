import { afterEach, expect, it } from "vitest";
import { useBackend } from "../../src/sqlite/choose-backend.ts";
import { Database } from "../../src/sqlite/index.ts";
import { wasmBackend } from "../../src/sqlite/wasm-backend.ts";

afterEach(() => useBackend(null));

/** So deep that V8's stack is full before SQLite counts the levels. */
const DEEP = `with c0 as (select 1 a), ${Array.from(
  { length: 5000 },
  (_, i) => `c${i + 1} as (select * from c${i})`,
).join(", ")} select a from c5000`;

it("a statement that fills the stack breaks its connection in WebAssembly, and no other", () => {
  useBackend(wasmBackend());
  const other = new Database();
  for (let i = 0; i < 2; i++) {
    const db = new Database();
    const before = db.prepare("select 1 a");
    expect(() => db.query(DEEP)).toThrow(RangeError);
    for (const next of [() => db.query("select 1"), () => before.get(), () => db.run("select 1")]) {
      expect(next).toThrow(/open the database again/);
    }
    db.close();
    expect(other.query("select 2 a").get()).toEqual({ a: 2 });
  }
});
