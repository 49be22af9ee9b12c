// Each README's examples, alone: a project has installed the package and what the example imports, and nothing else.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packages, readManifest } from "./pack.mjs";
import { MANAGERS, Project } from "./project.mjs";

// It is a dependency of @mantou/bun.
const { transformSync } = createRequire(join(packages, "bun/package.json"))("oxc-transform");

const root = readManifest(join(packages, ".."));

export async function checkExamples({ packed, folder, registry, lines, check }) {
  for (const { folder: source, manifest } of packed) {
    const examples = examplesOf(readFileSync(join(source, "README.md"), "utf8"));
    if (examples.length === 0) continue;
    const project = new Project(folder, MANAGERS.npm(registry));
    const others = [...new Set(examples.flatMap(importsOf))].filter((name) => name !== manifest.name);
    const wanted = others.map((name) => withVersion(name, source));
    const installed = await check(
      `${manifest.name} is installed, with ${wanted.join(", ") || "nothing else"}`,
      () => project.add(manifest.name, ...wanted),
    );
    if (!installed) continue;
    for (const { line, binary } of lines) {
      await check(`${manifest.name}, Node.js ${line}: ${examples.length} examples of its README run`, () =>
        runExamples(project, binary, manifest.name, examples),
      );
    }
  }
}

/** The examples in TypeScript that assert something, so that they end by themselves. */
function examplesOf(readme) {
  return [...readme.matchAll(/^```ts\n(.*?)^```$/gms)]
    .map(([, code]) => code)
    .filter((code) => /\bassert\b.*\(/.test(code));
}

/** The packages that an example imports; the modules of Bun come with @mantou/bun. */
function importsOf(code) {
  return [...code.matchAll(/(?:from|import\() ?"([^".][^"]*)"/g)]
    .map(([, module]) =>
      module
        .split("/")
        .slice(0, module.startsWith("@") ? 2 : 1)
        .join("/"),
    )
    .filter((name) => !/^(node:|bun$|bun:)/.test(name));
}

/** A package of others in the version that the tests have. */
function withVersion(name, source) {
  if (name.startsWith("@mantou/")) return name;
  const { dependencies, devDependencies } = readManifest(source);
  const version = { ...root.devDependencies, ...dependencies, ...devDependencies }[name];
  return version === undefined ? name : `${name}@${version}`;
}

async function runExamples(project, binary, name, examples) {
  for (const [index, code] of examples.entries()) {
    const isForBun = name === "@mantou/bun";
    const file = `example-${index + 1}.${isForBun ? "ts" : "mjs"}`;
    project.write({ [file]: isForBun ? code : transformed(file, code) });
    await project.node(binary, ...(isForBun ? ["node_modules/@mantou/bun/dist/cli/main.js"] : []), file);
  }
}

/** The example without its types: Node.js 20 reads JavaScript only. */
function transformed(file, code) {
  const { code: text, errors } = transformSync(file.replace(".mjs", ".ts"), code);
  if (errors.length > 0) throw new Error(errors[0].message);
  return text;
}
