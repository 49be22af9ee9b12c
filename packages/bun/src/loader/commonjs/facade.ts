/**
 * A facade is the ES module which stands for a CommonJS module in the imports of a program. Node.js finds the names of CommonJS by its text, and so
 * misses those of `module.exports = { ...spread }`; a facade has the names that its importer takes. It runs when its turn comes, as the module would.
 */
import { readFileSync } from "node:fs";
import { dirname, extname } from "node:path";
import { isProgram, pathOf } from "../resolve/module-url.ts";
import { packageOf } from "../resolve/package-json.ts";
import type { ImportedNames } from "../syntax/import-names.ts";
import { EXPORTS, namespaceOf, requireFile } from "./namespace.ts";

/** Before the names and the URL of the module. */
const SCHEME = "mantou-facade:";
/** The module with the functions of facades. */
const HELPER: string = new URL("./namespace.js", import.meta.url).href;

export interface Facade {
  readonly url: string;
  readonly isCommonJS: boolean;
  readonly names: ImportedNames;
}

export function facadeURL({ url, isCommonJS, names }: Facade): string {
  return `${SCHEME}${isCommonJS ? "commonjs" : "module"}:${names.map(encodeURIComponent).join(",")}:${url}`;
}

/** Null for the URL of any other module. */
export function parseFacade(url: string): Facade | null {
  if (!url.startsWith(SCHEME)) return null;
  const [, kind, names = "", ...rest] = url.split(":");
  return {
    url: rest.join(":"),
    isCommonJS: kind === "commonjs",
    names: names === "" ? [] : names.split(",").map(decodeURIComponent),
  };
}

/** In stack traces a facade is a file of the runtime. */
const IN_STACKS = "//# sourceURL=node:internal/mantou/commonjs";

/** The text of a facade: an ES module. */
export function facadeSource({ url, isCommonJS, names }: Facade): string {
  const from = JSON.stringify(url);
  if (!isCommonJS) {
    // It gives its namespace a name.
    const others = names.filter((name) => name !== "*").map(quoted);
    return `export * as namespace from ${from};\nexport { ${others.join(", ")} } from ${from};`;
  }
  const path = pathOf(url)!;
  const lines = [
    `import { defaultOf, namedOf, namespaceOf, requireFile } from ${JSON.stringify(HELPER)};`,
    `const path = ${JSON.stringify(path)};`,
    "const exported = requireFile(path);",
  ];
  const add = (name: string, value: string): void => {
    const local = `value${lines.length}`;
    lines.push(`const ${local} = ${value}; export { ${local} as ${quoted(name)} };`);
  };
  const isStar = names[0] === "**";
  if (!isStar) {
    add(EXPORTS, "{ exported, path }");
    add("default", "defaultOf(exported, path)");
  }
  for (const name of isStar ? allNames(path) : names) {
    if (name === "*") add("namespace", "namespaceOf(exported, path)");
    else if (name !== "default") add(name, `namedOf(exported, ${quoted(name)}, path)`);
  }
  lines.push(IN_STACKS);
  return lines.join("\n");
}

/** Runs the module. Its error is reported when the facade runs it again. */
function allNames(path: string): string[] {
  try {
    return Object.keys(namespaceOf(requireFile(path), path));
  } catch {
    return [];
  }
}

function quoted(name: string): string {
  return JSON.stringify(name);
}

/** Whether Node.js takes JavaScript of a dependency for CommonJS: by its extension, by its package.json, or by its syntax if both say nothing. */
export function isCommonJSDependency(url: string): boolean {
  const path = pathOf(url);
  if (path === null || isProgram(url)) return false;
  const ending = extname(path);
  if (ending !== ".js") return ending === ".cjs";
  const type = packageOf(dirname(path))?.type;
  if (type !== undefined) return type !== "module";
  return !/^\s*(?:import\b(?!\s*\()|export\b)/m.test(readFileSync(path, "utf8"));
}
