import { createRequire } from "node:module";
import { withPlace } from "./source-error.ts";

const require = createRequire(import.meta.url);

type Oxc = typeof import("oxc-transform");
type Options = NonNullable<Parameters<Oxc["transformSync"]>[2]>;

interface Result {
  readonly code: string;
  readonly error: ReturnType<Oxc["transformSync"]>["errors"][number] | undefined;
}

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
  // Loaded at the first use.
  const { transformSync } = require("oxc-transform") as Oxc;
  const isClassic = given.isScanned || compiler.jsx === "react";
  const { jsxFactory, jsxFragmentFactory, jsxImportSource } = compiler;
  const options: Options = {
    lang: lang === "js" ? "jsx" : lang,
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
  const source = withoutTypeImports(text);
  const run = (sourceType: "module" | "unambiguous" | "commonjs"): Result => {
    const { code, errors } = transformSync(`input.${lang}`, source, { ...options, sourceType });
    return { code, error: errors.find(({ severity }) => String(severity) === "Error") };
  };
  // With `define` oxc leaves out what a module does not use, and a text without imports and exports may be a part of one.
  const { code, error } = run(given.define === undefined ? "module" : "unambiguous");
  if (error === undefined) return code;
  // A return outside of functions is one of CommonJS.
  const other = run("commonjs");
  if (other.error === undefined) return other.code;
  // oxc counts bytes of UTF-8.
  const at = Buffer.from(text)
    .subarray(0, error.labels.at(-1)?.start ?? 0)
    .toString().length;
  throw withPlace(new SyntaxError(error.message), `input.${lang}`, text, at);
}

const ONLY_TYPES = /^import\s*\{(?:\s*type\s[^,{}]+(?:,|(?=\})))+\s*\}/;

/** Without statements such as `import { type A } from "a"`, of which oxc leaves an import for its effects. Lines and columns stay. */
function withoutTypeImports(text: string): string {
  if (!/\{\s*type\s/.test(text)) return text;
  const { parse } = require("es-module-lexer") as typeof import("es-module-lexer");
  try {
    const found = parse(text)[0].filter(
      ({ type, importStart, importEnd }) =>
        type === "static" && ONLY_TYPES.test(text.slice(importStart, importEnd)),
    );
    return found.reduce((rest, { importStart, importEnd }) => {
      const blank = rest.slice(importStart, importEnd).replace(/[^\n]/g, " ");
      return rest.slice(0, importStart) + blank + rest.slice(importEnd);
    }, text);
  } catch {
    // oxc reports the error.
    return text;
  }
}
