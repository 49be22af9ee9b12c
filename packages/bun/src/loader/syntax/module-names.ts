/** The names that Bun has in each module, and Node.js in CommonJS alone. */
const NAMES = ["require", "__dirname", "__filename"];

/**
 * The global in which `module-runtime` keeps what the first line of a module calls. That line uses no other name: a module may declare each,
 * as the package effect declares a class `Symbol`.
 */
export const RUNTIME = "$mantouModule";

/** Gives two functions for the `then` of a dynamic import, by the URL or the path of the module that imports. */
export const IMPORTED: string = `${RUNTIME}.imported`;

/** A specifier of imports that stand for `NAMES`. */
export const INJECTED = "mantou:names";

/** Stands for `import.meta` in CommonJS: no name of a program, and as long, so that columns stay. */
export const META = "$mantouMeta";

/** What an ES module needs in front of it. */
export interface ModuleNeeds {
  /** Statements; empty if it needs nothing. */
  readonly prelude: string;
  /** Names that may be declared somewhere in the module: only a transformation can bind them where they are free. */
  readonly inject: readonly string[];
}

/** The needs of an ES module. */
export function needsOf(code: string): ModuleNeeds {
  const names = NAMES.filter((name) => code.includes(name) && !isOwn(code, name));
  // `require.main === module` is the test for the entry.
  if (code.includes("require.main") && !isOwn(code, "module")) names.push("module");
  const inject = names.filter((name) => mayBeDeclared(code, name));
  const free = names.filter((name) => !inject.includes(name));
  if (free.length > 0) return { prelude: `const{${free}}=${RUNTIME}.bind(import.meta);`, inject };
  const hasMeta = /\bimport\s*\.\s*meta\b/.test(code);
  return { prelude: hasMeta ? `${RUNTIME}.bind(import.meta);` : "", inject };
}

/** Replaces the imports of `INJECTED`. */
export function bindInjected(code: string): string {
  return code.replace(
    new RegExp(`^import \\{ ([^}]+) \\} from "${INJECTED}";`, "gm"),
    (_, names: string) => `const {${names.replace(" as ", ": ")}} = ${RUNTIME}.bind(import.meta);`,
  );
}

/** Statements in front of CommonJS. */
export function commonJSPrelude(code: string): string {
  const main = code.includes("require.main") ? `require.main=${RUNTIME}.main(module);` : "";
  return code.includes(META) ? `${main}const ${META}=${RUNTIME}.metaOf(module.filename,require);` : main;
}

/** Statements in front of code that calls helpers of the transformation. */
export function helpersPrelude(code: string): string {
  return code.includes("babelHelpers.") ? `const babelHelpers=${RUNTIME}.helpers;` : "";
}

/** Statements in front of code that stays on its line. */
export function inFront(statements: string, code: string): string {
  if (code.startsWith("#!")) return inFront(statements, `//${code}`);
  if (statements === "") return code;
  // What makes code strict has to be the first statement.
  return isStrict(code) ? `"use strict";${statements}${code}` : statements + code;
}

/** What may stand in front of the first statement: one part of it, so that many comments are read once. */
const IGNORED = /\s+|\/\/.*|\/\*[\s\S]*?\*\//y;
const USE_STRICT = /(["'])use strict\1/y;

function isStrict(code: string): boolean {
  USE_STRICT.lastIndex = 0;
  for (IGNORED.lastIndex = 0; IGNORED.test(code); ) USE_STRICT.lastIndex = IGNORED.lastIndex;
  return USE_STRICT.test(code);
}

/** Whether a module declares the name at its top, as with `const require = createRequire(import.meta.url)`. */
function isOwn(code: string, name: string): boolean {
  return new RegExp(
    `^(?:export )?(?:(?:const|let|var|class|(?:async )?function\\*?)\\s+${name}\\b|import\\s[^;"']*\\b${name}\\s*[,}\\s])`,
    "m",
  ).test(code);
}

function mayBeDeclared(code: string, name: string): boolean {
  return new RegExp(
    `\\b(?:const|let|var|class|function\\*?|as)\\s+${name}\\b|[{,[(]\\s*${name}\\b\\s*(?=[,})\\]=])(?!\\s*==)|\\b${name}\\s*=(?![=>])`,
  ).test(code);
}
