import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

const LEGACY = '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }';

describe("decorators", () => {
  itRunsAsOnBun([
    {
      name: "of ECMAScript: of each kind, with initializers",
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
      prints:
        "8 42 4 true 3\ngetter half false false\nfield made true false\nfield #hidden false true\nclass A undefined undefined\ncall add",
    },
    {
      name: "of TypeScript: order, parameters, metadata",
      files: {
        "tsconfig.json": LEGACY,
        "main.ts": `
          import "./reflect";
          import { Service } from "./service";
          import type { Kind } from "./service";
          const log: string[] = [];
          const d = (name: string) => (...args: any[]): any => { log.push(name + ":" + String(args[1] ?? "") + ":" + typeof args[2]); };
          @d("class") class Controller {
            @d("field") title: string = "x";
            @d("kind") kind!: Kind;
            @d("maybe") maybe!: string | null;
            constructor(@d("parameter") private service: Service, readonly when: Date) {}
            @d("method") handle(@d("argument") id: number, body: Map<string, Service>): Promise<boolean> { return Promise.resolve(true); }
            @d("getter") get size(): number { return 1; }
            @d("static") static make(): void {}
          }
          console.log(log.join("\\n"));
          console.log((Reflect as any).log.join("\\n"));
          export {};`,
        "service.ts": `export class Service {} export interface Kind { a: 1 }`,
        "reflect.ts": `
          (Reflect as any).log = [];
          const name = (v: any): string => Array.isArray(v) ? "[" + v.map(name) + "]" : String(v?.name);
          (Reflect as any).metadata = (key: string, value: any) => (_: any, property: any) => { (Reflect as any).log.push(String(property) + " " + key + " " + name(value)); };`,
      },
      prints: `field:title:undefined
kind:kind:undefined
maybe:maybe:undefined
argument:handle:number
method:handle:object
getter:size:object
static:make:object
parameter::number
class::undefined
title design:type String
kind design:type Object
maybe design:type String
handle design:returntype Promise
handle design:paramtypes [Number,Map]
handle design:type Function
size design:paramtypes []
size design:type Number
make design:returntype undefined
make design:paramtypes []
make design:type Function
undefined design:paramtypes [Service,Date]`,
    },
    {
      name: "of TypeScript see the assignment of a field",
      files: {
        "tsconfig.json": '{ "compilerOptions": { "experimentalDecorators": true } }',
        "main.ts": `
          function watched(target: any, key: string) {
            Object.defineProperty(target, key, { set(v) { console.log("set", key, v); }, get: () => "got" });
          }
          class Model { @watched name: string = "n"; @watched other?: string; }
          const model = new Model();
          console.log(model.name, model.other, JSON.stringify(Object.keys(model)));
          export {};`,
      },
      prints: "set name n\ngot got []",
    },
    {
      name: "of ECMAScript in JavaScript",
      files: {
        "main.js": `const twice = (method) => function (n) { return method.call(this, n) * 2; }; class A { @twice id(n) { return n } } console.log(new A().id(3)); export {};`,
      },
      args: ["main.js"],
      prints: "6",
    },
  ]);
});
