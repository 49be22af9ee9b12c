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
import { shiftMappings } from "../syntax/shift-mappings.ts";
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
  const { format, prelude, isPlain, transformed } = compileAlone(path, text, lang, options);
  const code = withAttributes(transformed.code);
  const named = withNames(code, format);
  if (isPlain) return { format, source: inFront(prelude, named.finish()) };
  const mappings = shiftMappings(transformed.mappings, code, named.edits);
  return { format, source: printed(prelude, { ...transformed, code: named.finish(), mappings }, path) };
}

/** A module as it runs but for its imports. */
interface Alone {
  readonly format: ModuleFormat;
  /** Statements that it needs in front of it. */
  readonly prelude: string;
  /** Its code is the text of the file, without a source map. */
  readonly isPlain: boolean;
  readonly transformed: Transformed;
}

function compileAlone(path: string, text: string, lang: Lang, options: CompilerOptions): Alone {
  const isPlain = lang === "js" && options.define === undefined && !NEEDS_TRANSFORMATION.test(text);
  // The engine itself has read it, and found no fault.
  if (isPlain && formatOf(text) === "commonjs")
    return commonJS({ code: text, mappings: "", names: [] }, true);
  const transformed = transform(path, text, lang, options);
  const code = isPlain ? text : transformed.code;
  const format = isPlain ? "module" : formatOf(code);
  if (format === "commonjs") return commonJS(transformed, false);
  const hasFree = (js: string, names: readonly string[]): boolean =>
    transform(path, js, "js", options, names).code.includes(`"${INJECTED}"`);
  const mixed = mixedSyntax(text, code, hasFree);
  if (mixed !== null) {
    if (mixed.imported !== null) throw mixedError(path, text, mixed.imported);
    return commonJS({ ...transformed, code: mixed.code }, isPlain);
  }
  const { prelude, inject } = needsOf(code);
  if (inject.length > 0) {
    const injected = transform(path, text, lang, options, inject);
    const bound = { ...injected, code: bindInjected(injected.code) };
    return { format, prelude: prelude + helpersPrelude(bound.code), isPlain: false, transformed: bound };
  }
  if (isPlain) return { format, prelude, isPlain, transformed: { ...transformed, code } };
  return { format, prelude: prelude + helpersPrelude(code), isPlain, transformed };
}

function commonJS(transformed: Transformed, isPlain: boolean): Alone {
  const { code } = transformed;
  return { format: "commonjs", prelude: commonJSPrelude(code) + helpersPrelude(code), isPlain, transformed };
}

function mixedError(path: string, text: string, imported: string): SyntaxError {
  const advice = `(try require(${JSON.stringify(imported)}) instead)`;
  const message = `Cannot use import statement with CommonJS-only features ${advice}`;
  return sourceError(message, path, text, Math.max(specifierOffset(imported, text), 0));
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
