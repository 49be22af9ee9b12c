import { createRequire } from "node:module";
import type { Import, StaticImport } from "es-module-lexer";

const require = createRequire(import.meta.url);

/**
 * The import statements, the dynamic imports and the uses of `import.meta` of JavaScript, in the order of its text.
 * @returns none for what is no ES module, and for a syntax error, which Node.js reports
 */
export function scanImports(code: string): readonly Import[] {
  // Loaded at the first use.
  const { parse } = require("es-module-lexer") as typeof import("es-module-lexer");
  try {
    return parse(code)[0];
  } catch {
    return [];
  }
}

/** Whether it is an import statement, or one that exports names of another module. */
export function isStatement(found: Import): found is StaticImport {
  return found.type === "static" || found.type === "reexport-star";
}
