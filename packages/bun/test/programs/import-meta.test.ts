import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

describe("import.meta", () => {
  itRunsAsOnBun([
    {
      name: "has the module's place, and is main in the entry alone",
      files: {
        "main.ts": `
          import { other } from "./sub/other";
          const { dir, dirname, path, filename, file, main, url } = import.meta;
          console.log(JSON.stringify({ dir, dirname, path, filename, file, main, url }));
          console.log(JSON.stringify(other), (await import("./later")).main);
          console.log(JSON.stringify(import.meta), Object.keys(import.meta).length, import.meta.hot);`,
        "sub/other.ts": `export const other = [import.meta.dir, import.meta.file, import.meta.main];`,
        "later.js": `export const main = import.meta.main;`,
      },
      prints: `{"dir":"$DIR","dirname":"$DIR","path":"$DIR/main.ts","filename":"$DIR/main.ts","file":"main.ts","main":true,"url":"file://$DIR/main.ts"}
["$DIR/sub","other.ts",false] false
{} 0 undefined`,
    },
    {
      name: "has env, require, resolve and resolveSync",
      files: {
        "main.ts": `
          console.log(import.meta.env === process.env, import.meta.require("./data.cjs").answer);
          console.log(import.meta.resolveSync("./b"), import.meta.resolveSync("./c", import.meta.dir + "/sub/x.ts"), import.meta.resolveSync("fs"));
          console.log(import.meta.resolve("./missing.ts"), import.meta.resolve("node:fs"), import.meta.require.resolve("./b"));
          try { import.meta.resolveSync("./missing"); } catch (error: any) { console.log(error.code, error.message); }
          try { import.meta.resolveSync("missing"); } catch (error: any) { console.log(error.code, error.message); }`,
        "data.cjs": "module.exports = { answer: 42 };",
        "b.ts": "",
        "sub/c.ts": "",
      },
      prints: `true 42
$DIR/b.ts $DIR/sub/c.ts node:fs
file://$DIR/missing.ts node:fs $DIR/b.ts
ERR_MODULE_NOT_FOUND Cannot find module './missing' imported from $DIR/main.ts
ERR_MODULE_NOT_FOUND Cannot find package 'missing' imported from $DIR/main.ts`,
    },
    {
      name: "stands behind a hashbang, and on any line",
      files: {
        "main.js": `#!/usr/bin/env bun\n// a comment\nif (import.meta.main) console.log("main", new Error().stack.match(/main.js:\\d+/)[0]);`,
      },
      args: ["main.js"],
      prints: "main main.js:3",
    },
    {
      name: "is complete in packages that are written for Bun",
      files: {
        "main.ts": `import { where } from "made-for-bun"; console.log(JSON.stringify(where));`,
        "node_modules/made-for-bun/package.json":
          '{ "name": "made-for-bun", "type": "module", "exports": "./index.js" }',
        "node_modules/made-for-bun/index.js":
          "export const where = [import.meta.dir, import.meta.file, import.meta.main];",
      },
      prints: '["$DIR/node_modules/made-for-bun","index.js",false]',
    },
  ]);
});
