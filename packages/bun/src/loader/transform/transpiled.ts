import { withPlace } from "../source/source-error.ts";
import { Rewriter } from "../syntax/rewriter.ts";
import { isStatement, scanImports } from "../syntax/scan-imports.ts";
import { type OxcOptions, offsetOfError, realErrors, runOxc } from "./oxc.ts";

/** The compiler options that change the code. */
interface CompilerOptions {
  readonly jsx?: string;
  readonly jsxFactory?: string;
  readonly jsxFragmentFactory?: string;
  readonly jsxImportSource?: string;
  readonly experimentalDecorators?: boolean;
  readonly emitDecoratorMetadata?: boolean;
}

/**
 * JavaScript of today's language, which no Node.js in particular is to run: without types, and with calls for JSX.
 * @throws SyntaxError that shows the place
 */
export function transpiled(
  text: string,
  lang: "js" | "jsx" | "ts" | "tsx",
  compiler: CompilerOptions,
  given: {
    readonly define: Readonly<Record<string, string>> | undefined;
    readonly trimUnusedImports: boolean;
    /** Imports that the code does not have itself are left out. */
    readonly isScanned: boolean;
  },
): string {
  const isClassic = given.isScanned || compiler.jsx === "react";
  const { jsxFactory, jsxFragmentFactory, jsxImportSource } = compiler;
  const options: OxcOptions = {
    lang: lang === "js" ? "jsx" : lang,
    // With `define` oxc leaves out what a module does not use, and a text without imports and exports may be a part of one.
    sourceType: given.define === undefined ? "module" : "unambiguous",
    target: "esnext",
    jsx: {
      runtime: isClassic ? "classic" : "automatic",
      // For development, calls would have the name of a file, which this text has not.
      development: compiler.jsx === "react-jsxdev",
      throwIfNamespace: false,
      ...(jsxFactory && { pragma: jsxFactory }),
      ...(jsxFragmentFactory && { pragmaFrag: jsxFragmentFactory }),
      ...(jsxImportSource && !isClassic && { importSource: jsxImportSource }),
    },
    typescript: { onlyRemoveTypeImports: !given.trimUnusedImports },
    // They become calls, which the parser of the scan knows, of a global object.
    ...(given.isScanned && { helpers: { mode: "External" as never } }),
    decorator: {
      legacy: given.isScanned || compiler.experimentalDecorators === true,
      emitDecoratorMetadata: compiler.emitDecoratorMetadata === true,
    },
    ...(given.define && { define: { ...given.define } }),
  };
  const result = runOxc(`input.${lang}`, withoutTypeImports(text), options);
  const [error] = realErrors(result);
  if (error === undefined) return result.code;
  throw withPlace(new SyntaxError(error.message), `input.${lang}`, text, offsetOfError(error, text));
}

const ONLY_TYPES = /^import\s*\{(?:\s*type\s[^,{}]+(?:,|(?=\})))+\s*\}/;

/** Without statements such as `import { type A } from "a"`, of which oxc leaves an import for its effects. Lines and columns stay. */
function withoutTypeImports(text: string): string {
  if (!/\{\s*type\s/.test(text)) return text;
  const rewriter = new Rewriter(text);
  for (const each of scanImports(text)) {
    const statement = text.slice(each.importStart, each.importEnd);
    if (isStatement(each) && ONLY_TYPES.test(statement))
      rewriter.replace(each.importStart, each.importEnd, statement.replace(/[^\n]/g, " "));
  }
  return rewriter.finish();
}
