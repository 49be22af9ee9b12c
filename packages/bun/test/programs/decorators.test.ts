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
