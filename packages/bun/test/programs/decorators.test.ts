import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

const LEGACY = '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }';

describe("decorators", () => {
  itRunsAsOnBun([
    {
      name: "of ECMAScript need esbuild, which is named",
      files: {
        "main.ts":
          "const note = (..._: any[]): any => {};\nclass A { @note made = 1 }\nconsole.log(new A().made);\nexport {};",
      },
      prints: "",
      code: 1,
      complains: /main\.ts has decorators of ECMAScript.*npm install esbuild/,
      onBun: {
        prints: "1",
        code: 0,
        why: "Bun compiles them itself. With esbuild they run here, too: extra/esbuild.",
      },
    },
    {
      name: "of TypeScript on some fields: those are assigned behind the others, and the others are defined",
      files: {
        "tsconfig.json": LEGACY,
        "main.ts": `
          const dec = (..._: any[]): any => {};
          const seen: string[] = [];
          const v = (name: string): string => (seen.push(name), name);
          class Base { set s(value: any) { console.log("setter", value); } }
          class A extends Base {
            @dec a = v("a"); b: any; @dec c: any; d = v("d"); s = v("s"); static e: any; @dec static f: any; readonly g?: any; declare h: any;
            @dec "i j" = v("i"); @dec 5 = v("5"); @dec fn = () =>
              this.d; @dec un = undefined; @dec p2 = this.d + "2"; #k: any;
            constructor(public p = v("p")) { super(); seen.push("body"); }
            has() { return #k in this; }
          }
          const a: any = new A();
          console.log(seen.splice(0).join(), Object.keys(A).join(), Object.keys(a).join(), a.fn(), a.p2, a.has());
          class B extends A { @dec own = v("own"); last = v("last"); @dec a = v("a2"); constructor() { super("q"); v("after"); } }
          console.log(Object.keys(new B()).join(), seen.join());
          @dec class D { @dec a = 1; b = 2; static self: any = D; c?: any; @dec d?: any }
          console.log(Object.keys(new D()).join(), Object.keys(D).join());
          export default class { @dec a = 1; b = 2; c: any; }
          const own = (p: any, k: string): any => Object.defineProperty(p, k, { set(x) { console.log("set", k, x); }, get: () => "got" });
          class F { @own a = 1; b = 2; @own c: any; }
          const f = new F(); console.log(Object.keys(f).join(), f.a, f.c);
          const given = (): any => ({ enumerable: true, configurable: true, writable: true, value: "given" });
          class H { @given a: any; @given b = 1; } const h = new H(); console.log(h.a, h.b, Object.keys(h).join());
          class E { @dec a: any = (() => { try { throw new Error() } catch (e: any) { return e.stack.split("main.ts:")[1].split(":")[0] } })(); }
          console.log(new E().a);`,
      },
      prints: [
        "p,d,s,a,i,5,body e 5,p,b,d,s,g,a,i j,fn,un,p2 d d2 true",
        "5,p,b,d,s,g,a,i j,fn,un,p2,last,own d,s,a,i,5,body,last,own,a2,after",
        "b,c,a self",
        "set a 1",
        "b got got",
        "given 1 b",
        "25",
      ].join("\n"),
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
  ]);
});
