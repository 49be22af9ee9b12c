import { basename } from "node:path";
import type { Lang } from "../data/formats.ts";
import { sourceError } from "../source/source-error.ts";
import { withAttributes } from "../syntax/import-attributes.ts";
import { withNames } from "../syntax/import-names.ts";
import { mixedSyntax } from "../syntax/mixed-syntax.ts";
import { formatOf, type ModuleFormat } from "../syntax/module-format.ts";
import {
  bindInjected,
  commonJSPrelude,
  helpersPrelude,
  INJECTED,
  inFront,
  needsOf,
} from "../syntax/module-names.ts";
import { specifierOffset } from "../syntax/specifier-offset.ts";
import { transform } from "./transform.ts";
import type { CompilerOptions, Transformed } from "./transform-options.ts";

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
  const { format, source: old } = compileAlone(path, text, lang, options);
  const source = withAttributes(old);
  return {
    format,
    source: format === "module" || DYNAMIC_IMPORT.test(source) ? withNames(source, format) : source,
  };
}

function compileAlone(path: string, text: string, lang: Lang, options: CompilerOptions): Compiled {
  const plain = lang === "js" && options.define === undefined && !NEEDS_TRANSFORMATION.test(text);
  // The engine itself has read it, and found no fault.
  if (plain && formatOf(text) === "commonjs")
    return commonJS(path, { code: text, mappings: "", names: [] }, true);
  const transformed = transform(path, text, lang, options);
  const code = plain ? text : transformed.code;
  const format = plain ? "module" : formatOf(code);
  if (format === "commonjs") return commonJS(path, transformed, false);
  const hasFree = (js: string, names: readonly string[]): boolean =>
    transform(path, js, "js", options, names).code.includes(`"${INJECTED}"`);
  const mixed = mixedSyntax(text, code, hasFree);
  if (mixed !== null) {
    if (mixed.imported !== null) throw mixedError(path, text, mixed.imported);
    return commonJS(path, { ...transformed, code: mixed.code }, plain);
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

function commonJS(path: string, transformed: Transformed, isPlain: boolean): Compiled {
  const { code } = transformed;
  const prelude = commonJSPrelude(code) + helpersPrelude(code);
  return {
    format: "commonjs",
    source: isPlain ? inFront(prelude, code) : printed(prelude, transformed, path),
  };
}

function mixedError(path: string, text: string, imported: string): SyntaxError {
  const advice = `(try require(${JSON.stringify(imported)}) instead)`;
  const message = `Cannot use import statement with CommonJS-only features ${advice}`;
  return sourceError(message, path, text, Math.max(specifierOffset(imported, text), 0));
}

const DYNAMIC_IMPORT = /\bimport\s*\(/;

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
