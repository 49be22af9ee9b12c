// node scripts/join.mjs NAME=MODULE[,MODULE…] …: these modules of dist/ and what they load at once become one file, dist/NAME.js, without what is in the files named
// before it. To find, read and link a module costs Node.js more than to compile it. Each module stays importable where it was: its file exports what is in the joined
// one, so that there is one instance of it. Modules with side effects are files of their own, as package.json says.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ownReferences, urlIn } from "./own-references.mjs";

/** It is a dependency of that package. */
const { resolve: find } = createRequire(new URL("../packages/bun/package.json", import.meta.url));
const { rolldown } = await import(pathToFileURL(find("rolldown")).href);
const { parseAst } = await import(pathToFileURL(find("rolldown/parseAst")).href);

const dist = resolve("dist");
const { sideEffects } = JSON.parse(readFileSync("package.json", "utf8"));
const effects = new Set((sideEffects || []).map((path) => resolve(path)));
/** A module's name is its path in dist/, without the extension. */
const nameOf = (file) => relative(dist, file).slice(0, -".js".length);

/** Stands for `import` of a module that is loaded later, by its own file: rolldown would leave out one whose exports are not used. */
const LATER = "__later__";

/** Node.js prints no line of code that has this comment when nothing catches its error. rolldown keeps no comments in lines. */
const QUIET = "// node-do-not-add-exception-line";
/** Stands for the comment: the last argument of the call that the line ends with. */
const QUIET_MARK = ', "__quiet__"';

/** What rolldown reads: by the module's file its code, its source map, and the name of the file that it comes to. */
const modules = new Map();
const inputs = {};

/** Adds a module, and those that it loads at once. */
function add(file, place, isImported) {
  if (modules.has(file)) return;
  const name = nameOf(file);
  const isApart = effects.has(file);
  // A module that another imports is no input if it has a file of its own: rolldown would put what it exports elsewhere.
  if (!isApart || !isImported) inputs[name] = file;
  const text = readFileSync(file, "utf8").replaceAll(`); ${QUIET}`, `${QUIET_MARK});`);
  if (text.includes(QUIET)) throw new Error(`${file}: the comment must stand behind a call`);
  const program = parseAst(text);
  const home = isApart ? name : place;
  modules.set(file, {
    code: moved(text, program, file, home),
    map: readFileSync(`${file}.map`, "utf8"),
    place: home,
  });
  for (const { source } of program.body) {
    if (source?.value.startsWith(".")) add(resolve(dirname(file), source.value), place, true);
  }
}

/** The code as it is in the joined file: the module's URL stays its own, and what it loads later is loaded from there by its own file. */
function moved(text, program, file, place) {
  const joined = join(dist, `${place}.js`);
  const pathTo = (path) => JSON.stringify(`./${relative(dirname(joined), path)}`);
  return ownReferences(program).reduceRight((code, { type, source, start, end }) => {
    const isURL = type !== "ImportExpression";
    const replacement = isURL
      ? urlIn(joined, file)
      : `${LATER}(${pathTo(resolve(dirname(file), source.value))})`;
    return code.slice(0, start) + replacement + code.slice(end);
  }, text);
}

for (const argument of process.argv.slice(2)) {
  const [place, names] = argument.split("=");
  if (existsSync(join(dist, `${place}.js`))) throw new Error(`dist/${place}.js is there already`);
  for (const name of names.split(",")) add(join(dist, `${name}.js`), place, false);
}

const bundle = await rolldown({
  input: inputs,
  platform: "node",
  // Each module is an input, so that all that it exports stays: this leaves out what rolldown itself does not use.
  treeshake: { moduleSideEffects: true },
  preserveEntrySignatures: "allow-extension",
  external: (id) => /^[^./]/.test(id),
  plugins: [{ name: "join", load: (id) => modules.get(id) ?? null }],
});
/** Nothing imports them: they are not moved. */
const unmoved = new Set(Object.values(inputs).filter((file) => effects.has(file)));
const { output } = await bundle.generate({
  dir: dist,
  format: "esm",
  sourcemap: true,
  minify: false,
  minifyInternalExports: false,
  // V8 reads and keeps the whole text. Comments are in src/.
  comments: { legal: true, annotation: true, jsdoc: false },
  // Names of classes and functions are seen by programs.
  keepNames: true,
  entryFileNames: "[name].js",
  chunkFileNames: "[name].js",
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [...new Set([...modules.values()].map(({ place }) => place))].map((name) => ({
      name,
      test: (id) => modules.get(id)?.place === name && !unmoved.has(id),
    })),
  },
});
await bundle.close();
for (const file of modules.keys()) rmSync(`${file}.map`, { force: true });
for (const { type, name, fileName, code, source, moduleIds } of output) {
  // Each module is in the file that it shall be in, and in no other.
  const strangers = moduleIds?.filter((id) => modules.has(id) && modules.get(id).place !== name) ?? [];
  if (strangers.length > 0) throw new Error(`${fileName} has ${strangers.join(" and ")}`);
  writeFileSync(join(dist, fileName), type === "chunk" ? finished(code) : source);
}

/** One character beyond Latin-1 doubles the memory that V8 takes for the whole text. They are in strings alone, where an escape means the same. */
function finished(code) {
  return code
    .replaceAll(`${LATER}(`, "import(")
    .replaceAll(/, "__quiet__"(.*)/g, `$1 ${QUIET}`)
    .replaceAll(/[^\x00-\xff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
