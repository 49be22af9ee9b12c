import { createRequire } from "node:module";
import type { Import } from "es-module-lexer";

const require = createRequire(import.meta.url);

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
  // Loaded at the first use.
  const { parse } = require("es-module-lexer") as typeof import("es-module-lexer");
  let imports: readonly Import[];
  try {
    [imports] = parse(code);
  } catch {
    // Node.js reports the syntax error.
    return code;
  }
  let out = "";
  let done = 0;
  for (const each of imports) {
    if (each.type !== "static" && each.type !== "reexport-star") continue;
    OLD_CLAUSE.lastIndex = each.end + 1;
    if (!OLD_CLAUSE.test(code)) continue;
    const { lastIndex } = OLD_CLAUSE;
    out += `${code.slice(done, lastIndex - "assert".length)}with  `;
    done = lastIndex;
  }
  return done === 0 ? code : out + code.slice(done);
}
