import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

const BOOM = `interface Options {
  name: string;
}

enum Kind { A, B }

export function boom(options: Options): never {
  throw new Error(options.name + Kind.B);
}
`;
const top = `const top = (error: Error) => error.stack!.split("\\n").filter((line) => line.includes("/")).map((line) => line.replace(/^.*\\/|\\)$/g, "")).slice(0, 2).join(" ");`;

/** Prints the place of its call. */
const caller = `const caller = (..._: unknown[]) => console.log(new Error().stack!.split("\\n").filter((line) => line.includes("/"))[1]!.replace(/^.*\\/|\\)$/g, ""));`;

describe("places in stack traces are the author's", () => {
  itRunsAsOnBun([
    {
      name: "of ES modules, also with what the loader puts in front",
      files: {
        "main.ts": `
          ${top}
          import { boom } from "./boom";
          type Nothing = { here: true };
          try {
            boom({ name: import.meta.file });
          } catch (error) { console.log(top(error as Error)); }`,
        "boom.ts": BOOM,
      },
      prints: "boom.ts:8:9 main.ts:6:13",
      onBun: { prints: "boom.ts:8:13 main.ts:6:13", why: "JavaScriptCore counts another column." },
    },
    {
      name: "of CommonJS and JSX",
      files: {
        "tsconfig.json": '{ "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }',
        "main.tsx": `
          ${top}
          const { boom } = require("./boom");
          const h = (make: Function) => make();
          const Page = (): string => {
            return boom({ name: "x" });
          };
          try { console.log(<Page />); } catch (error) { console.log(top(error as Error)); }`,
        "boom.ts": BOOM.replace("export function", "exports.boom = function"),
      },
      args: ["main.tsx"],
      prints: "boom.ts:8:9 main.tsx:6:20",
      onBun: { prints: "boom.ts:8:13 main.tsx:6:20", why: "JavaScriptCore counts another column." },
    },
    {
      name: "behind dynamic imports on the same line",
      files: {
        "main.ts": `
          ${caller}
          const a: number = 1, m: unknown = await import("./boom"), n: unknown = [import("./boom"), caller(a)], z: void = caller(m);
          import * as all from "./all.js"; export const last: unknown = [await all.later(caller), caller(n)];`,
        "boom.ts": BOOM,
        "all.ts": `exports.later = async (log: () => void): Promise<void> => { const b: unknown = [await import("./boom"), log()]; };`,
      },
      prints: "main.ts:3:101\nmain.ts:3:123\nall.ts:1:105\nmain.ts:4:99",
    },
    {
      name: "of an error that ends the program",
      files: {
        "main.ts": `interface A {}\nimport { boom } from "./boom";\nsetTimeout(() => {\n  boom({ name: "later" });\n}, 1);`,
        "boom.ts": BOOM,
      },
      prints: "",
      code: 1,
      complains:
        /boom\.ts:8\n {2}throw new Error\(options\.name \+ Kind\.B\);\n[\s\S]*Error: later1\n {4}at .*boom\.ts:8:9\)\n {4}at .*main\.ts:4:3/,
    },
    {
      name: "of plain JavaScript, which stays as it is",
      files: {
        "main.js": `${top.replace(": Error", "").replace("!", "")}\nconst here = import.meta.dir;\n  try { throw new Error(typeof here); } catch (error) { console.log(top(error).split(" ")[0]); }`,
      },
      args: ["main.js"],
      prints: "main.js:3:15",
      onBun: { prints: "main.js:3:19", why: "JavaScriptCore counts another column." },
    },
  ]);
});
