import { callInBun, findBun } from "@mantou/testing/bun";
import { describe, expect, it } from "vitest";
import { Transpiler } from "../../src/global/transpiler/transpiler.ts";

/** What the classes say of code. Bun runs it, too. */
function scanned(Class: typeof Transpiler): unknown[] {
  const codes = [
    "import a, {type B} from 'a'; import {type C} from 'c'; import type D from 'd'; import 'e'; import * as f from 'f'",
    "export const {a, b: [c], ...d} = x, e = 1; export {e as f, e as 'g h'}; export * as i from 'i'; export default 5",
    "export enum E {A} export namespace N { export const n = 1 } export declare const d: 1; export interface I {}",
    "require('a'); require.resolve('b'); import('c'); import(`d`); import(x + 'e'); require('f', 1); require(g)",
    "export async function* h() {} export class I {} @dec class J {} const k = () => import('k')",
    "import l = require('l'); l; let m = 'import \"n\"'; /* require('o') */ export type {P} from 'p'",
    "",
  ];
  const transpiler = new Class({ loader: "ts" });
  return codes.flatMap((code) => [transpiler.scan(code), transpiler.scanImports(code)]);
}

/** Each sets `result`. */
const PROGRAMS = [
  "enum E { A = 1, B, C = 'c' } const result: unknown = [E.A, E[2], E.C];",
  "class A { constructor(private x: number, readonly y = 2) {} get sum(): number { return this.x + this.y } } const result = new A(1).sum;",
  "namespace N { export const a = 1 } const result = (N as any).a satisfies number;",
  "function f<T>(this: void, x?: T): asserts x {} abstract class B { declare z: string; abstract m(): void } const result = [f.length, Object.keys(new (B as any)())];",
  "const result = DEFINED + (<string>'!');",
];
const DEFINE = { DEFINED: '"yes"' };

const evaluated = (code: string): unknown => new Function(`${code}\nreturn result;`)();

const bun = process.env["MANTOU_FULL"] === "1" ? findBun() : null;

describe("Bun.Transpiler", () => {
  const transpiler = new Transpiler({ loader: "ts", define: DEFINE });

  it("makes JavaScript that does what the TypeScript says", async () => {
    expect(PROGRAMS.map((code) => evaluated(transpiler.transformSync(code)))).toEqual([
      ...[[1, "B", "c"], 3, 1, [1, []], "yes!"],
    ]);
    expect(await transpiler.transform("let a: number = 1;")).toBe("let a = 1;\n");
    expect(transpiler.transformSync(new TextEncoder().encode("f(1 as 1)"))).toBe("f(1);\n");
  });

  it("makes calls of JSX, as a tsconfig says", () => {
    const code = "const result = <a b='c'>{1}</a>;";
    const tsconfig = JSON.stringify({ compilerOptions: { jsx: "react", jsxFactory: "h" } });
    const classic = new Transpiler({ loader: "tsx", tsconfig }).transformSync(code);
    expect(evaluated(`const h = (...args) => args; ${classic}`)).toEqual(["a", { b: "c" }, 1]);
    expect(new Transpiler().transformSync(code)).toContain('from "react/jsx-runtime"');
    const preact = { compilerOptions: { jsxImportSource: "preact" } };
    expect(transpiler.transformSync(code, "tsx")).toContain("react");
    expect(new Transpiler({ tsconfig: preact }).transformSync(code)).toContain('from "preact/jsx-runtime"');
  });

  it("lists imports and exports", () => {
    expect(scanned(Transpiler).slice(0, 2)).toEqual([
      { exports: [], imports: ["a", "e", "f"].map((path) => ({ kind: "import-statement", path })) },
      ["a", "e", "f"].map((path) => ({ kind: "import-statement", path })),
    ]);
    const unused = new Transpiler({ loader: "ts", trimUnusedImports: true });
    expect(unused.scanImports("import {A} from 'a'; let x: A")).toEqual([]);
  });

  it("names what is wrong", () => {
    expect(() => transpiler.transformSync("let x = ;")).toThrow(SyntaxError);
    expect(() => transpiler.scan(5 as never)).toThrow(
      "Expected code to be a string or Uint8Array for 'scan'.",
    );
    expect(() => new Transpiler({ loader: "css" as never })).toThrow(TypeError);
    expect(() => new Transpiler({ macro: {} })).toThrow(
      "Bun.Transpiler's option macro is not there in Mantou",
    );
  });

  it.skipIf(bun === null)("does what Bun's does", async () => {
    const source = `([programs, define]) => {
      const transpiler = new Bun.Transpiler({ loader: "ts", define });
      return [(${scanned})(Bun.Transpiler), programs.map((code) => transpiler.transformSync(code))];
    }`;
    const [lists, codes] = (await callInBun(bun!, source, [PROGRAMS, DEFINE])) as [unknown[], string[]];
    expect(scanned(Transpiler)).toEqual(lists);
    expect(PROGRAMS.map((code) => evaluated(transpiler.transformSync(code)))).toEqual(codes.map(evaluated));
  });
});
