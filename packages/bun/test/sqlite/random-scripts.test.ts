import { getBuiltinModule } from "node:process";
import { callInBun, findBun, NO_BUN } from "@mantou/testing/bun";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { runs } from "../../../../vitest.runs.ts";
import { useBackend } from "../../src/sqlite/choose-backend.ts";
import * as sqlite from "../../src/sqlite/index.ts";
import { wasmBackend } from "../../src/sqlite/wasm-backend.ts";
import { runScripts, type Script, type SQLiteModule } from "../support/sqlite-runner.ts";
import { script } from "../support/sqlite-scripts.ts";

const BUN = findBun();
const statement = (getBuiltinModule?.("node:sqlite") as { StatementSync?: { prototype: object } } | undefined)
  ?.StatementSync?.prototype;
const hasNodeSQLite = statement !== undefined && "columns" in statement;

/** Bun takes as long to start as a dozen scripts take to run. */
const batch = fc.array(script, { minLength: 12, maxLength: 12 });

const PROPERTIES = ["columnNames", "paramsCount", "reader", "readonly", "columnTypes"];

/** What the scripts say here and in Bun. */
async function bothSay(
  scripts: readonly Script[],
  properties: readonly string[],
): Promise<[string[][], unknown]> {
  const source = `(input) => (${runScripts})(require("bun:sqlite"), ...input)`;
  const due = await callInBun(BUN!, source, [scripts, properties]);
  return [runScripts(sqlite as unknown as SQLiteModule, scripts, properties), due];
}

afterEach(() => useBackend(null));

describe.skipIf(BUN === null)(`random scripts${BUN === null ? ` (${NO_BUN})` : ""}`, () => {
  it.runIf(hasNodeSQLite)(
    "do over node:sqlite what they do in Bun",
    async () => {
      const property = fc.asyncProperty(batch, async (scripts) => {
        const [said, due] = await bothSay(scripts, [...PROPERTIES, "declaredTypes"]);
        expect(said).toEqual(due);
      });
      await fc.assert(property, runs(200));
    },
    600_000,
  );

  // The declared type of a column with another name is not known there.
  it("do in WebAssembly what they do in Bun", async () => {
    useBackend(wasmBackend());
    const property = fc.asyncProperty(batch, async (scripts) => {
      const [said, due] = await bothSay(scripts, PROPERTIES);
      expect(said).toEqual(due);
    });
    await fc.assert(property, runs(200));
  }, 600_000);
});
