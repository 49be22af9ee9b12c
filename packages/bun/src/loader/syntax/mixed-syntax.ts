/** Code with the syntax of ES modules that Bun takes for CommonJS, because it uses `module` or `exports` and exports nothing by a statement. */
import { formatOf } from "./module-format.ts";
import { META } from "./module-names.ts";
import { Rewriter } from "./rewriter.ts";
import { scanImports } from "./scan-imports.ts";

/** Such code as CommonJS. */
export interface MixedSyntax {
  /** With `META` for `import.meta`, which has the same length, and without import statements. */
  readonly code: string;
  /** The module of its first import statement: no CommonJS, and for Bun no module at all. Null if it has none. */
  readonly imported: string | null;
}

const NAMES = /\b(?:module|exports)\b/;
/** `export =` of TypeScript is an assignment of CommonJS. */
const EXPORT = /(?:^|[;}*/])\s*export\b(?!\s*=)/m;
/** What a transformer leaves of a module whose import statements were of types. */
const NO_EXPORTS = /^export \{\s*\};?$/m;
/** The test for the entry is no use of `module`: ES modules may do it, too. */
const IS_MAIN = /\brequire\.main\s*===\s*module\b|\bmodule\s*===\s*require\.main\b/g;

/**
 * Reads a module as mixed syntax.
 *
 * @param text of the file
 * @param code JavaScript of the text
 * @param hasFree whether JavaScript uses one of these names, and declares none for it
 * @returns null for an ES module
 */
export function mixedSyntax(
  text: string,
  code: string,
  hasFree: (code: string, names: readonly string[]) => boolean,
): MixedSyntax | null {
  if (!NAMES.test(code) || EXPORT.test(text)) return null;
  const mixed = withoutModuleSyntax(code);
  if (formatOf(mixed.code) !== "commonjs") return null;
  return hasFree(mixed.code.replace(IS_MAIN, "true"), ["module", "exports"]) ? mixed : null;
}

/** Lines and columns stay. */
function withoutModuleSyntax(code: string): MixedSyntax {
  const rewriter = new Rewriter(code);
  let imported: string | null = null;
  for (const each of scanImports(code)) {
    if (each.type === "dynamic") continue;
    const statement = code.slice(each.importStart, each.importEnd);
    if (each.type !== "import-meta") imported ??= each.specifier;
    const blank =
      each.type === "import-meta" ? META.padEnd(statement.length) : statement.replace(/[^\n]/g, " ");
    rewriter.replace(each.importStart, each.importEnd, blank);
  }
  return { code: rewriter.finish().replace(NO_EXPORTS, ""), imported };
}
