import { basename } from "node:path";
import { HELPER } from "./commonjs-facade.ts";
import { withNames } from "./import-names.ts";
import { formatOf, type ModuleFormat } from "./module-format.ts";
import { bindInjected, commonJSPrelude, helpersPrelude, inFront, needsOf } from "./module-names.ts";
import { transform } from "./transform.ts";
import type { CompilerOptions, Lang, Transformed } from "./transform-options.ts";

/** JavaScript that Node.js runs, with all that it needs. */
export interface Compiled {
  readonly format: ModuleFormat;
  readonly source: string;
}

/**
 * Compiles a file of the program.
 *
 * @throws a `SyntaxError` that shows the place
 */
export function compile(path: string, text: string, lang: Lang, options: CompilerOptions): Compiled {
  const { format, source } = compileAlone(path, text, lang, options);
  return { format, source: format === "module" ? withNames(source, HELPER) : source };
}

function compileAlone(path: string, text: string, lang: Lang, options: CompilerOptions): Compiled {
  const transformed = transform(path, text, lang, options);
  const plain = lang === "js" && options.define === undefined && !NEEDS_TRANSFORMATION.test(text);
  const code = plain ? text : transformed.code;
  const format = formatOf(code);
  if (format === "commonjs") {
    const prelude = commonJSPrelude(code) + helpersPrelude(code);
    return { format, source: plain ? inFront(prelude, text) : printed(prelude, transformed, path) };
  }
  const { prelude, inject } = needsOf(code);
  if (inject.length > 0) {
    const injected = transform(path, text, lang, options, inject);
    const bound = { ...injected, code: bindInjected(injected.code) };
    return { format, source: printed(prelude + helpersPrelude(bound.code), bound, path) };
  }
  if (plain) return { format, source: inFront(prelude, text) };
  return { format, source: printed(prelude + helpersPrelude(code), transformed, path) };
}

/** JSX, decorators, `accessor` and `using`: JavaScript without them runs as it is. */
const NEEDS_TRANSFORMATION = /<\/|\/>|(?:^|[\s=(,;}])@[\w$(]|\baccessor\s+[\w$#["']|\busing\s+[\w$]/;

/** Transformed code behind a line of its own for statements, and its source map. */
function printed(statements: string, { code, mappings, names }: Transformed, path: string): string {
  const map = {
    version: 3,
    sources: [encodeURIComponent(basename(path))],
    names,
    mappings: `;${mappings}`,
  };
  const data = Buffer.from(JSON.stringify(map)).toString("base64");
  const body = code.startsWith("#!") ? `//${code}` : code;
  return `${inFront(statements, "")}\n${body}\n//# sourceMappingURL=data:application/json;base64,${data}`;
}
