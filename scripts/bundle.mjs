// node scripts/bundle.mjs FILE: a module of dist/ and the modules below it become one file, in its place. Node.js 20 loads the modules of a hooks thread one by
// one, each by a message: one file takes a quarter of the time. Paths by import.meta.url hold as long as those modules are as deep in dist/ as the file.
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

// It is a dependency of the package that is built.
const { resolve: find } = createRequire(join(process.cwd(), "package.json"));
const { rolldown } = await import(pathToFileURL(find("rolldown")).href);

const [file] = process.argv.slice(2);
const bundle = await rolldown({
  input: resolve(file),
  platform: "node",
  external: (id) => /^[^./]/.test(id),
});
const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
await bundle.close();
if (output.length !== 1) throw new Error(`${file} became ${output.length} files`);
writeFileSync(file, output[0].code);
rmSync(`${file}.map`, { force: true });
