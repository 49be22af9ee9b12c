import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

describe("TypeScript", () => {
  itRunsAsOnBun([
    {
      name: "imports of types need no type, and an import without use does not run its module",
      files: {
        "main.ts": `
          import { Shape, area } from "./shapes";
          import Circle, { type Square } from "./shapes";
          import { Unused } from "./side-effect";
          import "./wanted";
          const shape: Shape = { side: 3 };
          const circle = null as Circle | null, square = shape as Square;
          console.log(area(shape), circle, square.side);`,
        "shapes.ts": `
          export interface Shape { side: number }
          export type Square = Shape;
          export default interface Circle { radius: number }
          export const area = ({ side }: Shape) => side * side;`,
        "side-effect.ts": `console.log("must not run"); export class Unused {}`,
        "wanted.ts": `console.log("runs");`,
      },
      prints: "runs\n9 null 3",
    },
    {
      name: "verbatimModuleSyntax and isolatedModules change nothing",
      files: {
        "tsconfig.json": '{ "compilerOptions": { "verbatimModuleSyntax": true, "isolatedModules": true } }',
        "main.ts": `import { T } from "./t"; import { v } from "./t"; const x: T = 1; console.log(x);`,
        "t.ts": `console.log("must not run"); export type T = number; export const v = 1;`,
      },
      prints: "1",
    },
    {
      name: "enums, also constant ones of other files, with computed members and in both directions",
      files: {
        "main.ts": `
          import { Level, Size } from "./enums";
          enum Local { A = 1, B = A << 3, C = "abc".length }
          declare enum Ambient { X }
          console.log(Level.High, Level[2], Size.Big, Local.B, Local[3], JSON.stringify(Local));`,
        "enums.ts": `export enum Level { Low = 1, High } export const enum Size { Small, Big = 7 }`,
      },
      prints: '2 High 7 8 C {"1":"A","3":"C","8":"B","A":1,"B":8,"C":3}',
    },
    {
      name: "parameter properties, before the rest of the constructor",
      files: {
        "main.ts": `
          class Base { constructor(protected readonly a: number) {} }
          class Sub extends Base {
            sum = this.a + 1;
            constructor(a: number, public b = 5, private readonly c?: string) { super(a); console.log(this.b, this.c, this.sum); }
          }
          console.log(JSON.stringify(new Sub(2, undefined, "x")));`,
      },
      prints: '5 x 3\n{"a":2,"b":5,"c":"x","sum":3}',
    },
    {
      name: "namespaces: merged, nested, of types",
      files: {
        "main.ts": `
          namespace Counter { export function next() { return 1; } }
          namespace Counter { export const twice = () => next() * 2; }
          namespace A.B { export const c = "abc"; }
          namespace OnlyTypes { export type T = 1 }
          class Box {} namespace Box { export const of = () => new Box() }
          import next = Counter.next;
          console.log(next(), Counter.twice(), A.B.c, typeof OnlyTypes, Box.of() instanceof Box);`,
      },
      prints: "1 2 abc undefined true",
    },
    {
      name: "using and await using",
      files: {
        "main.ts": `
          const held = (name: string) => ({ [Symbol.dispose]() { console.log("dispose", name) }, async [Symbol.asyncDispose]() { console.log("async", name) } });
          { using a = held("a"); await using b = held("b"); console.log("in"); }
          export {};`,
      },
      prints: "in\nasync b\ndispose a",
    },
    {
      name: "import = require() and export =",
      files: {
        "main.ts": `import path = require("node:path"); import tool = require("./tool"); console.log(path.basename("/a/b"), tool.twice(4));`,
        "tool.ts": `const twice = (n: number): number => n * 2; export = { twice };`,
      },
      prints: "b 8",
    },
    {
      name: "import = require() in an ES module",
      files: {
        "main.ts": `import fs = require("node:fs"); export const exists = fs.existsSync("/"); console.log(exists);`,
      },
      prints: "true",
    },
    {
      name: "satisfies, as, !, <T>, abstract, overloads, declare, this parameters, generics and accessors",
      files: {
        "main.ts": `
          abstract class Shape { abstract area(): number; declare ghost: string; static #count = 0; static make() { return ++Shape.#count } }
          class Square extends Shape { override area() { return 4 } get side(): number { return 2 } }
          function f(a: string): string; function f(a: number): number; function f(this: void, a: any) { return a }
          const options = { port: 1 } satisfies { port: number };
          const first = <T,>(list: readonly T[]): T => list[0]!;
          declare const nothing: string; declare function gone(): void; declare module "x" {}
          console.log(new Square().area(), f(1), options.port, first([7]), <number>(3 as unknown), Shape.make(), "ghost" in new Square());`,
      },
      prints: "4 1 1 7 3 1 false",
    },
    {
      name: "class fields are defined",
      files: {
        "fields.ts": `
          class Base { set value(v: number) { console.log("set", v); } }
          class Sub extends Base { value = 3; none: string; }
          console.log(JSON.stringify(Object.keys(new Sub())));`,
        "main.ts": `import "./fields";`,
      },
      prints: '["value","none"]',
    },
    {
      name: "class fields are assigned with useDefineForClassFields: false",
      files: {
        "tsconfig.json": '{ "compilerOptions": { "useDefineForClassFields": false } }',
        "main.ts": `
          class Base { set value(v: number) { console.log("set", v); } }
          class Sub extends Base { value = 3; none: string; }
          console.log(JSON.stringify(Object.keys(new Sub())));`,
      },
      prints: "set 3\n[]",
    },
    {
      name: "sloppy code, and await ( at the top",
      files: {
        "main.ts": `import "./sloppy.js"; import "./await.ts";`,
        "await.ts": `await (async () => { console.log("awaited"); })();`,
        "sloppy.js": `with ({ a: 1 }) console.log(a); undeclared = 010; console.log(undeclared);`,
      },
      prints: "1\n8\nawaited",
    },
  ]);
});
