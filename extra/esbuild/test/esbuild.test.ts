import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import { itRunsAsOnBun } from "../../../packages/bun/test/support/program-cases.ts";

/** As if esbuild were installed for each program. */
const env = { NODE_PATH: fileURLToPath(new URL("../node_modules", import.meta.url)) };
const top = `const top = (error: Error) => error.stack!.split("\\n").filter((line) => line.includes("/")).map((line) => line.replace(/^.*\\/|\\)$/g, "")).slice(0, 2).join(" ");`;

describe("what esbuild compiles", () => {
  itRunsAsOnBun([
    {
      name: "decorators of ECMAScript: of each kind, with initializers",
      files: {
        "main.ts": `
          const log: string[] = [];
          function note(_: unknown, c: any): any { log.push([c.kind, String(c.name), String(c.static), String(c.private)].join(" ")); }
          function double(_: unknown, c: any): any { return (x: number) => x * 2; }
          function fixed(_: unknown, c: any): any { return { get: () => 42 }; }
          function bound(method: any, c: any): any { c.addInitializer(function (this: any) { this[c.name] = method.bind(this); }); }
          function logged(method: any, c: any): any { return function (this: any, ...args: any[]) { log.push("call " + String(c.name)); return method.apply(this, args); }; }
          @note class A {
            @note static made = 1;
            @note #hidden = 2;
            @double value = 4;
            @fixed accessor answer = 1;
            @note get half() { return this.value / 2; }
            @bound me() { return this; }
            @logged add(a: number, b: number) { return a + b; }
          }
          const a = new A(), { me } = a;
          console.log(a.value, a.answer, a.half, me() === a, a.add(1, 2));
          console.log(log.join("\\n"));
          const B = @note class {};
          export default B;`,
      },
      env,
      prints:
        "8 42 4 true 3\ngetter half false false\nfield made true false\nfield #hidden false true\nclass A undefined undefined\ncall add",
    },
    {
      name: "decorators of ECMAScript in JavaScript",
      files: {
        "main.js": `const twice = (method) => function (n) { return method.call(this, n) * 2; }; class A { @twice id(n) { return n } } console.log(new A().id(3)); export {};`,
      },
      args: ["main.js"],
      env,
      prints: "6",
    },
    {
      name: "accessor, beside using and await using",
      files: {
        "main.ts": `
          const held = (name: string) => ({ [Symbol.dispose]() { console.log("dispose", name) }, async [Symbol.asyncDispose]() { console.log("async", name) } });
          { using a = held("a"); await using b = held("b"); console.log("in"); }
          class C { accessor n = 1; static accessor s = 2 }
          const c = new C(); c.n++; console.log(c.n, C.s, Object.keys(c).length);
          export {};`,
      },
      env,
      prints: "in\nasync b\ndispose a\n2 2 0",
    },
    {
      name: "namespaces: merged, nested, with variables that change",
      files: {
        "main.ts": `
          namespace Counter { export let count = 0; export function next() { return ++count; } }
          namespace Counter { export const twice = () => count * 2; }
          namespace A.B { export const c = "abc"; }
          namespace OnlyTypes { export type T = 1 }
          class Box {} namespace Box { export const of = () => new Box() }
          import next = Counter.next;
          next(); next();
          console.log(Counter.count, Counter.twice(), A.B.c, typeof OnlyTypes, Box.of() instanceof Box);`,
      },
      env,
      prints: "2 4 abc undefined true",
    },
    {
      name: "its source maps show the author's lines",
      files: {
        "main.ts": `
          ${top}
          const same = (method: any, _: unknown) => method;
          class A {
            @same run(): never {
              throw new Error("x");
            }
          }
          try { new A().run(); } catch (error) { console.log(top(error as Error).split(" ")[0]); }
          export {};`,
      },
      env,
      prints: "main.ts:6:21",
      onBun: { prints: "main.ts:6:25", why: "JavaScriptCore counts another column." },
    },
  ]);
});
