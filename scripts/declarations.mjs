// Finds types that a package's declarations name and that its entries do not export. The compiler no longer has an API for that. Its
// output is regular enough to be read as text: each declaration begins in the first column.
import { posix } from "node:path";

const COMMENT = /\/\*[\s\S]*?\*\//g;
const DECLARATION =
  /^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:interface|type|class|function|const|let) ([\w$]+)/;
const NAMED = /^(import|export) (?:type )?\{([^}]*)\}(?: from "([^"]+)")?;/gm;
const STAR = /^export (?:type )?\* from "([^"]+)";/gm;

/**
 * @param {readonly string[]} entries paths of declaration files from the package's folder
 * @param {(path: string) => string} read returns a file's text
 * @returns {string[]} a sentence for each type that cannot be imported
 */
export function declarationProblems(entries, read) {
  /** @type {Map<string, ReturnType<typeof parse>>} */
  const modules = new Map();
  const moduleOf = (path) => {
    const known = modules.get(path) ?? parse(path, read(path));
    modules.set(path, known);
    return known;
  };
  /** Where a name of a module is declared. Null outside the package. */
  const find = (path, name) => {
    const module = moduleOf(path);
    if (module.declarations.has(name)) return `${path}#${name}`;
    const link = module.exported.get(name) ?? module.imported.get(name);
    if (link !== undefined) return link.path === null ? null : find(link.path, link.name);
    return module.stars.map((star) => find(star, name)).find((found) => found != null) ?? null;
  };
  const namesOf = (path) => {
    const module = moduleOf(path);
    return [...module.own, ...module.exported.keys(), ...module.stars.flatMap(namesOf)];
  };
  // The compiler writes out the `typeof` of a constant.
  const isType = (path, name) =>
    /\b(?:interface|type|class) /.test(moduleOf(path).declarations.get(name).split("\n")[0]);
  const exported = new Set(entries.flatMap((path) => namesOf(path).map((name) => find(path, name))));
  const problems = new Set();
  const seen = new Set(exported);
  // Iteration over a set also reaches the elements that are added meanwhile.
  for (const id of seen) {
    if (id === null) continue;
    const [path, name] = id.split("#");
    const module = moduleOf(path);
    for (const word of new Set(module.declarations.get(name).match(/[\w$]+/g))) {
      if (module.declarations.has(word) && !module.own.has(word)) seen.add(`${path}#${word}`);
      if (!module.imported.has(word) && !module.own.has(word)) continue;
      const target = find(path, word);
      if (target !== null && !exported.has(target) && isType(...target.split("#")))
        problems.add(`${path} names ${word}, which no entry exports`);
    }
  }
  return [...problems];
}

/** The declarations of a module by name, and what it imports and exports. */
function parse(path, text) {
  const plain = text.replace(COMMENT, "");
  const declarations = new Map();
  const own = new Set();
  let name = null;
  for (const line of plain.split("\n")) {
    const begun = DECLARATION.exec(line)?.[1];
    if (begun !== undefined) name = begun;
    else if (/^(?:import|export) /.test(line)) name = null;
    if (name !== null) declarations.set(name, `${declarations.get(name) ?? ""}${line}\n`);
    if (begun !== undefined && line.startsWith("export ")) own.add(begun);
  }
  const resolve = (from) =>
    from.startsWith(".") ? posix.join(posix.dirname(path), from).replace(/\.[jt]s$/, ".d.ts") : null;
  const imported = new Map();
  const exported = new Map();
  for (const [, kind, list, from] of plain.matchAll(NAMED)) {
    for (const item of list.split(",").map((each) => each.trim().replace(/^type /, ""))) {
      if (item === "") continue;
      const [source, local = source] = item.split(" as ");
      const target = { path: from === undefined ? path : resolve(from), name: source };
      if (kind === "import") imported.set(local, target);
      else if (from !== undefined || local !== source) exported.set(local, target);
      else own.add(local);
    }
  }
  const stars = [...plain.matchAll(STAR)].map(([, from]) => resolve(from)).filter((star) => star !== null);
  return { declarations, own, imported, exported, stars };
}
