/** What a build of a program knows of the runtime: its modules. */
import type { Plugin } from "vite";

/** What only a runtime knows, by the modules that have it without one. */
const RUNTIME: Readonly<Record<string, string>> = { bun: "@mantou/bun", "bun:sqlite": "@mantou/bun/sqlite" };
const RUNTIME_ID = "\0mantou-runtime:";

/** The global of programs that do not import it. Under `mantou` it is there already. */
export const RUNTIME_BANNER = `globalThis.Bun ??= (await import("@mantou/bun").catch((error) => {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  throw new Error("This program needs its runtime: npm install @mantou/bun", { cause: error });
})).default;`;

/** Imports of Bun's modules are found when the program starts, so that an error can say what to install. */
export function runtimeImports(): Plugin {
  return {
    name: "mantou:runtime-imports",
    enforce: "pre",
    resolveId: (source) => (Object.hasOwn(RUNTIME, source) ? RUNTIME_ID + source : null),
    async load(id) {
      if (!id.startsWith(RUNTIME_ID)) return null;
      const specifier = RUNTIME[id.slice(RUNTIME_ID.length)]!;
      const names = Object.keys((await import(specifier)) as object).filter((name) => name !== "default");
      return [
        `const runtime = await import(${JSON.stringify(specifier)});`,
        "export default /* @__PURE__ */ (() => runtime.default)();",
        // A member may load what it needs when it is read: one that is not used is not read.
        ...names.map((name) => `export const ${name} = /* @__PURE__ */ (() => runtime.${name})();`),
      ].join("\n");
    },
  };
}
