import { createRequire } from "node:module";
import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { expect, it } from "vitest";
import { describeError } from "../../src/errors/error-report.ts";

const folder = tempDir();

it("a frame has the place in the author's file, whose lines are shown, where the process has source maps", () => {
  const map = { version: 3, sources: ["boom.ts"], names: [], mappings: ";AAGE" };
  const data = Buffer.from(JSON.stringify(map)).toString("base64");
  fill(folder, {
    "boom.ts": "interface A {}\ntype B = 1;\n\n  throw new Error('here') as never;\n",
    "boom.cjs": `\nmodule.exports = () => new Error("here");\n//# sourceMappingURL=data:application/json;base64,${data}`,
  });
  const before = process.sourceMapsEnabled;
  // That of the test runner has maps of its own.
  const format = Error.prepareStackTrace;
  Reflect.deleteProperty(Error, "prepareStackTrace");
  process.setSourceMapsEnabled(true);
  try {
    const make = createRequire(import.meta.url)(join(folder, "boom.cjs")) as () => Error;
    const error = make();
    const [frame] = describeError(error).frames;
    expect(frame).toMatchObject({ file: join(folder, "boom.ts"), line: 4, column: 3, owner: "application" });
    expect(frame!.source.map(({ text }) => text)).toContain("  throw new Error('here') as never;");
    expect(error.stack).toContain("boom.ts:4:3");
  } finally {
    Error.prepareStackTrace = format;
    process.setSourceMapsEnabled(before);
  }
});
