import { readdirSync, readFileSync } from "node:fs";
import zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

/** Programs that call the members of Bun with many inputs, and what they print. */
const FOLDER = new URL("functions/", import.meta.url);
const MARK = "\n// It prints:\n";

/** Files that the programs find beside them. */
const BESIDE: Readonly<Record<string, string>> = {
  "file.txt": "file",
  "file.ts": 'console.log("file.ts", process.argv.length);',
  "y.txt": "",
  "x.sh": "#!/bin/sh\necho hi\n",
  "node_modules/pack/package.json": '{"exports":{"bun":"./bun.js","default":"./node.js"}}',
  "node_modules/pack/bun.js": "",
  "node_modules/pack/node.js": "",
};

/** What only some lines of Node.js have. */
const LACKING: ReadonlyMap<string, boolean> = new Map([["zstd", !("zstdCompressSync" in zlib)]]);

const names = readdirSync(FOLDER).map((file) => file.replace(".txt", ""));

describe("functions of Bun, by their results", () => {
  it("have programs", () => {
    expect(names.length).toBeGreaterThan(8);
  });

  itRunsAsOnBun(
    names
      .filter((name) => LACKING.get(name) !== true)
      .map((name) => {
        const text = readFileSync(new URL(`${name}.txt`, FOLDER), "utf8");
        const [program, prints] = text.split(MARK) as [string, string];
        return { name, files: { ...BESIDE, "main.ts": program }, prints: prints.trim() };
      }),
  );
});
