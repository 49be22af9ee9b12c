import { describe, expect, it } from "vitest";
import { transform } from "../../../src/loader/transform/transform.ts";
import type { CompilerOptions } from "../../../src/loader/transform/transform-options.ts";

const OPTIONS: CompilerOptions = {
  jsx: "automatic",
  jsxDev: false,
  legacyDecorators: false,
  decoratorMetadata: false,
  assignFields: false,
};
// esbuild is not installed beside it.
const compile = (text: string): string => transform("/main.ts", text, "ts", OPTIONS).code;

describe("what esbuild compiles", () => {
  it.each([
    ["parameters of SQL", 'run("insert into t values ($a, @b, @c)"); run("a = @b");'],
    ["lines of a template", "use(`\n@note made\n  accessor foo\nstatic accessor bar\n@media print {}`);"],
    ["comments", "/*\n@note\naccessor foo\n*/\n// (@a)\nuse();"],
    ["regular expressions", "use(/(@a)/, / = @b/u);"],
    ["names", "const accessor = 1;\nuse(accessor);"],
  ])("is not text that looks like it: %s", (_, text) => {
    expect(() => compile(text)).not.toThrow();
  });

  it.each([
    ["a decorator of a class", "@note class A {}"],
    ["one of a class that is exported", "export default @note class A {}"],
    ["one of a member", "class A {\n  @note() made = 1;\n}"],
    ["one of a class in an expression", "use([@note class {}], () => { return @note class {}; });"],
    ["one beside a string that looks like one", 'class A {\n  @note made = "(@a)";\n}'],
    ["accessor", "class A {\n  static accessor made = 1;\n}"],
    [
      "accessor beside a template that looks like it",
      "use(`\naccessor a\n`); class A { accessor #made = 1; }",
    ],
    ["a namespace that exports a variable", "namespace A { export let made = 1; } use(A);"],
  ])("is %s", (_, text) => {
    expect(() => compile(text)).toThrow("npm install esbuild");
  });
});
