import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

describe("programs find", () => {
  itRunsAsOnBun([
    {
      name: "URLPattern, navigator, and data by the earlier name of import attributes; modules may hide the names of the language",
      files: {
        "main.ts": `
          import data from "./data.json" assert { type: "json" };
          import text from "./more.json" assert { type: "text" };
          import { name } from "pkg";
          const pattern = new URLPattern({ pathname: "/users/:id{.:ending}?" });
          const { id, ending } = pattern.exec("http://localhost/users/7.json")!.pathname.groups;
          console.log(data.a, text.length, name, id, ending, pattern.test({ pathname: "/x" }), pattern instanceof URLPattern);
          const { userAgent, platform, hardwareConcurrency } = navigator;
          console.log(userAgent === "Bun/" + Bun.version, typeof platform, hardwareConcurrency > 0, String(navigator));
          globalThis.navigator = { own: true } as never;
          console.log(JSON.stringify([(navigator as { own?: boolean }).own, await import("./hides")]));`,
        "data.json": '{ "a": 1 }',
        "more.json": "[1, 2]",
        "hides.ts": `
          export class Symbol {}
          export const globalThis = 3, path = [typeof require, __filename.endsWith("hides.ts"), import.meta.file];`,
        "node_modules/pkg/package.json": '{ "name": "pkg", "type": "module", "main": "index.js" }',
        "node_modules/pkg/index.js": `
          import config from "./config.json" assert { type: "json" };
          class Symbol {}
          export const name = config.name + typeof require + new Symbol().constructor.name;`,
        "node_modules/pkg/config.json": '{ "name": "pkg" }',
      },
      prints: [
        "1 6 pkgfunctionSymbol 7 json false true",
        "true string true [object Navigator]",
        '[true,{"globalThis":3,"path":["function",true,"hides.ts"]}]',
      ].join("\n"),
    },
  ]);
});
