import { createRequire } from "node:module";
import { basename } from "node:path";
import type { Lang } from "../data/formats.ts";
import { sourceError } from "../source/source-error.ts";
import type { CompilerOptions, Transformed } from "./transform-options.ts";

/** Decorators of ECMAScript, which V8 lacks and oxc leaves as they are. Packages, addresses and JSDoc have an `@`, too. */
const DECORATOR = /(?<![\w."'`/*-]|\* )@(?=[A-Za-z_$(])/g;
const ACCESSOR = /(?<=^[ \t]*(?:static )?)accessor (?=[\w$#["'])/gm;

/**
 * Whether oxc has left something in its output that V8 cannot read.
 *
 * @param parses whether a text is JavaScript with decorators. The same characters stand in strings, such as the parameters of SQL:
 *   there the text bears two more, in code it does not.
 */
export function needsLowering(code: string, parses: (code: string) => boolean): boolean {
  const spoiled = code.replace(DECORATOR, "@@").replace(ACCESSOR, "accessor @@");
  return spoiled !== code && !parses(spoiled);
}

/**
 * Transforms by esbuild what oxc leaves out: decorators of ECMAScript, `accessor`, and variables that a namespace exports. Few programs need it.
 *
 * @throws a `SyntaxError` that shows the place; an `Error` that says how to install esbuild
 */
export function lowered(path: string, text: string, lang: Lang, compiler: CompilerOptions): Transformed {
  const { transformSync } = findEsbuild(path);
  try {
    const { code, map } = transformSync(text, {
      loader: lang === "js" ? "jsx" : lang,
      sourcefile: basename(path),
      sourcemap: true,
      target: `node${process.versions.node}`,
      supported: { decorators: false },
      define: compiler.define ?? {},
      logLevel: "silent",
      tsconfigRaw: { compilerOptions: tsconfig(compiler) },
    });
    const { mappings, names } = JSON.parse(map) as { mappings: string; names: string[] };
    return { code, mappings, names };
  } catch (error) {
    const [first] = (error as { errors?: EsbuildErrors }).errors ?? [];
    if (first?.location == null) throw error;
    const { line, column } = first.location;
    throw sourceError(first.text, path, text, offsetOf(text, line, column));
  }
}

/** The optional peer, as it is installed for the program. */
function findEsbuild(path: string): Esbuild {
  try {
    return createRequire(path)("esbuild") as Esbuild;
  } catch (error) {
    if ((error as { code?: unknown }).code !== "MODULE_NOT_FOUND") throw error;
    throw new Error(
      `${path} has decorators of ECMAScript, accessor, or a namespace that exports variables: the package esbuild compiles them (npm install esbuild)`,
    );
  }
}

/** The used part of the package. */
interface Esbuild {
  transformSync(text: string, options: object): { readonly code: string; readonly map: string };
}

type EsbuildErrors = readonly {
  readonly text: string;
  readonly location: { readonly line: number; readonly column: number } | null;
}[];

function tsconfig(compiler: CompilerOptions): object {
  const automatic = compiler.jsxDev ? "react-jsxdev" : "react-jsx";
  return {
    jsx: compiler.jsx === "classic" ? "react" : automatic,
    jsxImportSource: compiler.jsxImportSource,
    jsxFactory: compiler.jsxFactory,
    jsxFragmentFactory: compiler.jsxFragmentFactory,
    experimentalDecorators: compiler.legacyDecorators,
    useDefineForClassFields: !compiler.assignFields,
  };
}

/** esbuild counts a column in bytes of UTF-8. */
function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split("\n", line);
  const before = lines.slice(0, -1).reduce((sum, each) => sum + each.length + 1, 0);
  return before + Buffer.from(lines.at(-1)!).subarray(0, column).toString().length;
}
