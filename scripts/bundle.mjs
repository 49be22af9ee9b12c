// node scripts/bundle.mjs FILE: a module of dist/ and the modules below it become one file, in its place. Node.js 20 loads the modules of a hooks thread one by
// one, each by a message: one file takes a quarter of the time. A module's `import.meta.url` stays its own.
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ownReferences, urlIn } from "./own-references.mjs";

// It is a dependency of the package that is built.
const { resolve: find } = createRequire(join(process.cwd(), "package.json"));
const { rolldown } = await import(pathToFileURL(find("rolldown")).href);
const { parseAst } = await import(pathToFileURL(find("rolldown/parseAst")).href);

const file = resolve(process.argv[2]);
const bundle = await rolldown({
  input: file,
  platform: "node",
  external: (id) => /^[^./]/.test(id),
  plugins: [{ name: "own-urls", transform: withOwnURL }],
});
const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
await bundle.close();
if (output.length !== 1) throw new Error(`${file} became ${output.length} files`);
writeFileSync(file, output[0].code);
rmSync(`${file}.map`, { force: true });

function withOwnURL(text, module) {
  const urls = ownReferences(parseAst(text)).filter(({ type }) => type !== "ImportExpression");
  return urls.reduceRight(
    (code, { start, end }) => code.slice(0, start) + urlIn(file, module) + code.slice(end),
    text,
  );
}
