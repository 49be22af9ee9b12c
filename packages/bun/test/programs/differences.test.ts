import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

describe("what differs from Bun, and is right as it is", () => {
  itRunsAsOnBun([
    {
      name: "metadata of enums, columns of stacks, and what Node.js makes of other formats",
      files: {
        "tsconfig.json": '{"compilerOptions":{"experimentalDecorators":true,"emitDecoratorMetadata":true}}',
        "main.ts": `import seen from "dependency";
          const types: string[] = [];
          (Reflect as any).metadata = (_: string, type: any) => (types.push(type?.name ?? String(type)), () => {});
          enum Size { small, large }
          enum Color { red = "red" }
          const field = (..._: any[]): void => {};
          class Model { @field size!: Size; @field color!: Color; @field mixed!: string | number; }
          function fail(): never {
throw new Error("x"); }
          try { fail(); } catch (error: any) {
            console.log(JSON.stringify([types, /main\\.ts:(\\d+:\\d+)/.exec(error.stack)![1], seen]));
          }
          console.log(Object.keys(require("./module.ts")).sort().join());`,
        "module.ts": "export default 1; export const a = 2;",
        "node_modules/dependency/package.json": '{"type":"module","main":"index.js"}',
        "node_modules/dependency/index.js":
          'import exports, { named } from "compiled"; export default [typeof exports, named];',
        "node_modules/compiled/package.json": '{"name":"compiled"}',
        "node_modules/compiled/index.js":
          'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = "D"; exports.named = 1;',
      },
      prints: '[["Number","String","Object"],"9:7",["object",1]]\n__esModule,a,default',
      onBun: {
        prints: '[["[object Object]","[object Object]","Object"],"9:11",["string",1]]\na,default',
        why: "The rows of docs/differences-from-bun.md say so, each with its reason.",
      },
    },
    {
      name: "a tsconfig extends several others, or that of a package",
      files: {
        "main.ts": `import { a } from "@a"; import { b } from "@b"; console.log(a, b);`,
        "tsconfig.json": '{"extends":["./first.json","shared/tsconfig.json"]}',
        "first.json": '{"compilerOptions":{"paths":{"@a":["./a.ts"]}}}',
        "a.ts": "export const a = 1;",
        "b.ts": "export const b = 2;",
        "node_modules/shared/tsconfig.json":
          '{"compilerOptions":{"paths":{"@a":["../../a.ts"],"@b":["../../b.ts"]}}}',
      },
      prints: "1 2",
      onBun: { prints: "", code: 1, why: "Bun reads neither; TypeScript does." },
    },
    {
      name: "a file is written from a list that has itself, or a slice of itself",
      files: {
        "main.ts": `const large = "0123456789abcdef".repeat(65_536);
          for (const parts of [
            ["first\\n", Bun.file("./own.txt"), "last"],
            [Bun.file("own.txt").slice(5), new Uint8Array([10]), Bun.file("own.txt").slice(0, 5)],
          ]) {
            await Bun.write("own.txt", large);
            await Bun.write("own.txt", parts);
            const text = await Bun.file("own.txt").text();
            console.log(text === "first\\n" + large + "last", text === large.slice(5) + "\\n" + large.slice(0, 5));
          }`,
      },
      prints: "true false\nfalse true",
      onBun: {
        prints: "false false\nfalse false",
        why: "The row of docs/differences-from-bun.md says so: no data is lost.",
      },
    },
  ]);
});
