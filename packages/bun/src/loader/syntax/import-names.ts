import { isBuiltin } from "node:module";
import type { StaticImport } from "es-module-lexer";
import type { ModuleFormat } from "./module-format.ts";
import { IMPORTED } from "./module-names.ts";
import { Rewriter } from "./rewriter.ts";
import { scanImports } from "./scan-imports.ts";

/**
 * What a statement takes from a module: names of exports, `*` for the namespace, `**` for `export *`. It stands behind the statement's
 * specifier, because Node.js tells the hook that finds modules only the specifier.
 */
export type ImportedNames = readonly string[];

const MARK = "#mantou:";
/** In place of names: the type that an import states. Node.js 20 takes imports of one specifier in a module for one, whatever their types are. */
const TYPE = "=";
const IMPORT_OR_EXPORT = /\b(?:import|export)\b/;
const DYNAMIC_IMPORT = /\bimport\s*\(/;
/** What can never be CommonJS. */
const OTHER_FILE = /\.(?:json[c5]?|txt|toml|ya?ml|html|css|wasm|node)$/;
/** Both `import` and `export` have this length. */
const KEYWORD = 6;
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
const NAME = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*`;
const NAMESPACE = new RegExp(String.raw`\*\s*as\s+(${NAME}|"[^"]*"|'[^']*')`, "u");
const DEFAULT = new RegExp(String.raw`^\s*(${NAME})\s*(?:,|$)`, "u");
const IN_BRACES = new RegExp(
  String.raw`(${NAME}|"[^"]*"|'[^']*')(?:\s+as\s+(?:${NAME}|"[^"]*"|'[^']*'))?\s*(?:,|$)`,
  "gu",
);

/**
 * The same ES module, whose specifiers say what is taken: for CommonJS those names become exports, which Node.js finds only in part by the
 * text of CommonJS. A namespace becomes an import by name, because that of a CommonJS module has names that only running it tells.
 * Lines stay, columns do not. The names follow from the text alone, so that the result can be kept.
 *
 * @param format of the code. CommonJS has dynamic imports only
 */
export function withNames(code: string, format: ModuleFormat = "module"): Rewriter {
  const rewriter = new Rewriter(code);
  if (!(format === "module" ? IMPORT_OR_EXPORT : DYNAMIC_IMPORT).test(code)) return rewriter;
  const insert = (at: number, text: string): void => rewriter.replace(at, at, text);
  for (const each of scanImports(code)) {
    if (each.type === "import-meta" || each.phase === "source" || each.phase === "defer") continue;
    if (each.type === "dynamic") {
      if (isNodeOrBun(each.specifier)) continue;
      insert(
        each.importEnd,
        `.then(...${IMPORTED}(${format === "module" ? "import.meta.url" : "__filename"}))`,
      );
    } else if (each.attributesStart >= 0) {
      const type = each.attributes?.find(([key]) => key === "type")?.[1];
      if (type !== undefined) insert(each.end, MARK + TYPE + encodeURIComponent(type));
    } else if (mayBeCommonJS(each)) writeNames(code, each, rewriter);
  }
  return rewriter;
}

/** A specifier without the names, and the names; null if it has none. */
export function splitNames(specifier: string): { specifier: string; names: ImportedNames | null } {
  const at = specifier.lastIndexOf(MARK);
  if (at < 0) return { specifier, names: null };
  const mark = specifier.slice(at + MARK.length);
  const names = mark.startsWith(TYPE) ? null : mark.split(",").map(decodeURIComponent);
  return { specifier: specifier.slice(0, at), names };
}

function mayBeCommonJS({ specifier, attributesStart }: StaticImport): boolean {
  if (attributesStart >= 0) return false;
  if (specifier === undefined) return true;
  return !OTHER_FILE.test(specifier) && !isNodeOrBun(specifier);
}

/** Whether it names a module of Node.js or of Bun. */
function isNodeOrBun(specifier: string | undefined): boolean {
  return specifier !== undefined && (isBuiltin(specifier) || /^(?:bun|node|bun:.*)$/.test(specifier));
}

function writeNames(code: string, each: StaticImport, rewriter: Rewriter): void {
  const mark = (names: ImportedNames): void =>
    rewriter.replace(each.end, each.end, MARK + names.map(encodeURIComponent).join(","));
  if (each.type === "reexport-star") {
    mark(["**"]);
    return;
  }
  const statement = code
    .slice(each.importStart, each.start)
    .replace(COMMENT, (comment) => " ".repeat(comment.length));
  const from = statement.lastIndexOf("from");
  // It is imported for its effects.
  if (from < 0) return;
  const clause = statement.slice(KEYWORD, from);
  const names: string[] = [];
  if (DEFAULT.test(clause)) names.push("default");
  const inBraces = /\{([\s\S]*)\}/.exec(clause)?.[1] ?? "";
  for (const [, name = ""] of inBraces.matchAll(IN_BRACES)) names.push(unquoted(name));
  const namespace = NAMESPACE.exec(clause);
  if (namespace !== null) {
    names.push("*");
    const start = each.importStart + KEYWORD + namespace.index;
    rewriter.replace(start, start + namespace[0].length, `{ namespace as ${namespace[1]} }`);
  }
  if (names.length > 0) mark(names);
}

function unquoted(name: string): string {
  return /^["']/.test(name) ? name.slice(1, -1) : name;
}
