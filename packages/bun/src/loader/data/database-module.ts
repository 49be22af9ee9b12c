/** A module's JavaScript. */
export interface DataModule {
  readonly format: "module" | "commonjs" | "json";
  readonly source: string;
}

const SQLITE = JSON.stringify(new URL("../../sqlite/index.js", import.meta.url).href);

/** The module of a database file: `db`, which is also the default export, is the open `Database`. */
export function databaseModule(path: string, isRequired: boolean): DataModule {
  const opened = `new Database(${JSON.stringify(path)})`;
  if (isRequired) {
    // The `require` of a CommonJS file that was imported finds no ES module in some lines of Node.js.
    const require = `require("node:module").createRequire(${SQLITE})`;
    const required = `const { Database } = ${require}("./index.js");`;
    const exported = "module.exports = { __esModule: true, db, default: db };";
    return { format: "commonjs", source: `${required} const db = ${opened}; ${exported}` };
  }
  const exported = "export { db, db as default }; export const __esModule = true;";
  return {
    format: "module",
    source: `import { Database } from ${SQLITE}; const db = ${opened}; ${exported}`,
  };
}
