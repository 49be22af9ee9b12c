import type { Plugin } from "vite";

type Vite = typeof import("vite");

const USED = /\bimport\.meta\.hot\.(?:data|accept|dispose|prune|decline|invalidate|on|off|send)\b/;
/** A write to `data`, by which a module accepts itself. */
const KEEPS = /\bimport\.meta\.hot\.data(?:\.[\w$]+|\[[^\]\n]+\])\s*(?:\?\?|\|\||&&)?=(?!=)/;
const ACCEPTS = /\bimport\.meta\.hot\.accept\b/;
const BUN_EVENT = /(\bimport\.meta\.hot\.(?:on|off)\(\s*["'])bun:/g;

/** In production there is no `import.meta.hot`: `data` is an empty object, and the calls do nothing. */
const WITHOUT_HOT: Readonly<Record<string, string>> = {
  "import.meta.hot.data": "({})",
  ...Object.fromEntries(
    ["accept", "dispose", "prune", "decline", "invalidate", "on", "off", "send"].map((name) => [
      `import.meta.hot.${name}`,
      "(() => {})",
    ]),
  ),
};

/**
 * `import.meta.hot` as in Bun: modules call it without asking whether it is there, one that writes to `data` accepts itself, and Vite's
 * events have names of Bun, too.
 * @see https://bun.com/docs/bundler/hot-reloading
 */
export function hotAPI(vite: Vite): Plugin {
  let isBuild = false;
  return {
    name: "mantou:hot-api",
    configResolved({ command }) {
      isBuild = command === "build";
    },
    async transform(code, id) {
      if (!USED.test(code) || id.includes("/node_modules/")) return null;
      if (isBuild)
        return vite.transformWithOxc(code, id, { lang: "js", define: WITHOUT_HOT, tsconfig: false });
      const named = code.replace(BUN_EVENT, "$1vite:");
      const accepting =
        KEEPS.test(code) && !ACCEPTS.test(code) ? `${named}\nimport.meta.hot.accept();` : named;
      // Lines stay where they are, so the map of what was there before fits.
      return accepting === code ? null : { code: accepting, map: null };
    },
  };
}
