import { Rewriter } from "./rewriter.ts";
import { isStatement, scanImports } from "./scan-imports.ts";

/** The code may have an old form of attributes. */
const MAYBE_OLD = /["'][^\S\n]*assert\s*\{/;
/** Behind the specifier of a statement, on its line. */
const OLD_CLAUSE = /[^\S\n]*assert(?=\s*\{)/y;

/**
 * The same code with `with` for `assert`, the earlier name of import attributes, which many programs for Bun have: `import data from "./data.json"
 * assert { type: "json" }`. V8 reads it no more since Node.js 22, and warns before. Lines and columns stay. As in Bun, that name is none of the options of `import()`.
 */
export function withAttributes(code: string): string {
  if (!MAYBE_OLD.test(code)) return code;
  const rewriter = new Rewriter(code);
  for (const each of scanImports(code)) {
    if (!isStatement(each)) continue;
    OLD_CLAUSE.lastIndex = each.end + 1;
    if (!OLD_CLAUSE.test(code)) continue;
    const { lastIndex } = OLD_CLAUSE;
    rewriter.replace(lastIndex - "assert".length, lastIndex, "with  ");
  }
  return rewriter.finish();
}
