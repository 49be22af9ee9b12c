// Each entry of each package, imported and required from an empty project, for each package manager and line of Node.js.
import { join, posix } from "node:path";
import { librariesOf } from "./pack.mjs";
import { MANAGERS, Project } from "./project.mjs";

/** The only optional peer that entries import at once: their `/arbitraries` need it. */
const PEER = "fast-check";

/** Entries with a top-level `await`, which `require()` refuses: this one is for `node --import`. */
const IMPORT_ONLY = new Set(["@mantou/bun/register"]);

/** Plug'n'Play, which does not find an ES module for `require()` in its archives on Node.js 20: there the entries are imported only. */
const PNP = "yarn-pnp";

/** @returns the entries of a package that have code */
export function entriesOf(manifest) {
  return Object.entries(manifest.exports)
    .filter(([path, target]) => path !== "./package.json" && target.default !== undefined)
    .map(([path]) => posix.join(manifest.name, path));
}

/** What an entry's file runs. Those that the import starts keep no process alive. */
const imported = (entry) => `const names = Object.keys(await import("${entry}"));
console.log("${entry}", names.length);\n`;

/** ES modules are what the packages have, and `require()` takes them. */
const required = (entry) => `console.log("${entry}", Object.keys(require("${entry}")).length);\n`;

export async function checkImports(context) {
  const { packed, folder, registry, tools, lines, check } = context;
  const yarn = join(await tools(), "node_modules/@yarnpkg/cli-dist/bin/yarn.js");
  const manifests = librariesOf(packed);
  const entries = manifests.flatMap(entriesOf);
  for (const [name, manager] of Object.entries(MANAGERS)) {
    const project = new Project(folder, manager(registry, yarn));
    const installed = await check(`${name} installs ${manifests.length} packages`, () =>
      project.add(...manifests.map((manifest) => manifest.name), PEER),
    );
    if (!installed) continue;
    const programs = entries.flatMap((entry, index) => [
      { entry, file: `import-${index}.mjs`, text: imported(entry) },
      ...(IMPORT_ONLY.has(entry) || name === PNP
        ? []
        : [{ entry, file: `require-${index}.cjs`, text: required(entry) }]),
    ]);
    for (const { file, text } of programs) project.write({ [file]: text });
    for (const { line, binary } of lines) {
      await check(
        `${name}, Node.js ${line}: ${entries.length} entries are imported${name === PNP ? "" : " and required"}`,
        async () => {
          const faults = [];
          for (const { entry, file } of programs) {
            const printed = await project.node(binary, file).catch((error) => error.message);
            if (!printed.startsWith(`${entry} `)) faults.push(`${file}: ${printed}`);
          }
          if (faults.length > 0) throw new Error(faults.join("\n"));
        },
      );
    }
    if (name === PNP) await checkCreation(project, context);
  }
}

/** `yarn create` runs the generator from an archive, in which the templates are, too. */
async function checkCreation(project, { packed, lines, check }) {
  const { tarball } = packed.find(({ manifest }) => manifest.name === "create-mantou");
  const add = () => project.add(`create-mantou@file:${tarball}`);
  if (!(await check(`${PNP} installs create-mantou`, add))) return;
  const program = `import { createProject } from "create-mantou";\ncreateProject(process.argv[2], "hello");\n`;
  project.write({ "create.mjs": program });
  for (const { line, binary } of lines) {
    await check(`${PNP}, Node.js ${line}: create-mantou makes a project from its archive`, () =>
      project.node(binary, "create.mjs", `made-${line}`),
    );
  }
}
