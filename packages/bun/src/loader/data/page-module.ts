import type { DataModule } from "./database-module.ts";

const PAGES = JSON.stringify(new URL("../../global/pages.js", import.meta.url).href);

/** The module of an HTML file: its default export is a value for routes. As in Bun, `require` gives that itself. */
export function pageModule(path: string, isRequired: boolean): DataModule {
  const page = `htmlPage(${JSON.stringify(path)})`;
  if (isRequired) {
    // The `require` of a CommonJS file that was imported finds no ES module in some lines of Node.js.
    const require = `require("node:module").createRequire(${PAGES})`;
    return { format: "commonjs", source: `module.exports = ${require}("./pages.js").${page};` };
  }
  const source = `import { htmlPage } from ${PAGES}; export default ${page}; export const __esModule = true;`;
  return { format: "module", source };
}
