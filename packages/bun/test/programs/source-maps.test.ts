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
