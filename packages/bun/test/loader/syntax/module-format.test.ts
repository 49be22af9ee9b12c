import { describe, expect, it } from "vitest";
import { formatOf } from "../../../src/loader/syntax/module-format.ts";

describe("formatOf", () => {
  it.each([
    "",
    "module.exports = 1;",
    "return;",
    "#!/usr/bin/env node\nexports.a = 1;",
    "async function f() { await (1); }",
    'const a = import("./a");',
    "with (Math) exports.a = PI;",
    '"use strict"; exports.a = 1;',
    "const text = 'await (1)'; exports.text = `export const a = 1`;",
  ])("takes for CommonJS: %s", (code) => {
    expect(formatOf(code)).toBe("commonjs");
  });

  it.each([
    'import "a";',
    "export {};",
    "import.meta.url;",
    "await 1;",
    "await (1);",
    "for await (const a of []) a;",
    "const require = 1;",
    "const a = await (async () => 1)();",
    "const a = ;",
  ])("takes for an ES module: %s", (code) => {
    expect(formatOf(code)).toBe("module");
  });
});
