import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

const MODULES = ["bun:ffi", "bun:test", "bun:jsc"];

describe("the names of Bun that are not there", () => {
  itRunsAsOnBun([
    {
      name: "are imported without an error",
      files: {
        "main.ts": `
          import { $, s3, S3Client, SQL, sql, redis, plugin, Transpiler } from "bun";
          import * as bun from "bun";
          const feature = typeof Bun !== "undefined" && "s3" in Bun ? typeof s3 : "none";
          console.log(feature, typeof $, typeof S3Client, typeof SQL, typeof sql, typeof redis, typeof plugin);
          const names = Object.keys(bun).filter((name) => name !== "default");
          console.log(names.length === Object.keys({ ...Bun }).length, s3 === Bun.s3, {} instanceof Transpiler);`,
      },
      prints: "object function function function function object function\ntrue true false",
    },
    {
      name: "are refused at their use, with what to use",
      files: { "main.ts": "console.log('before');\nBun.s3.file('a');" },
      prints: "before",
      code: 1,
      complains:
        /Bun\.s3 is not there in Mantou \(use the package @aws-sdk\/client-s3 or aws4fetch\).*main\.ts:2/s,
      onBun: { prints: "before", code: 0, why: "S3 is for the packages of its vendors" },
    },
    ...MODULES.map((module) => ({
      name: `include modules: ${module} is refused by name, with its importer`,
      files: {
        "main.ts": "console.log(typeof (await import('./deep/b.ts')).x);",
        "deep/b.ts": `export * as x from "${module}";`,
      },
      prints: "",
      code: 1,
      complains: new RegExp(`${module} is not there in Mantou \\(use .+\\), imported from .*deep/b\\.ts`),
      onBun: { prints: "object", code: 0, why: "see docs/bun-runtime.md" },
    })),
    {
      name: "include modules, whose refusal a program can catch",
      files: {
        "main.ts": `
          const caught = await import("bun:ffi").catch((error) => error);
          console.log(caught.message, caught.code);`,
      },
      prints:
        "bun:ffi is not there in Mantou (use the package koffi), imported from file://$DIR/main.ts ERR_NOT_IN_MANTOU",
      onBun: { prints: "undefined undefined", why: "see docs/bun-runtime.md" },
    },
    {
      name: "do not hide a module that Bun has not either",
      files: { "main.ts": `try { await import("bun:nothing"); } catch (error) { console.log("caught"); }` },
      prints: "caught",
    },
  ]);
});
