import type { Plugin } from "vite";
import { pageSettings } from "../settings.ts";

type Vite = typeof import("vite");

const VARIABLE = /\bprocess\.env\.([A-Za-z_$][\w$]*)/g;

/**
 * Puts values of the environment in place of `process.env.NAME`, as `env` of the settings allows. Only what a module names gets into the
 * page. `NODE_ENV` is Vite's.
 */
export function environment(vite: Vite): Plugin {
  return {
    name: "mantou:environment",
    async transform(code, id) {
      const define: Record<string, string> = {};
      for (const [whole, name = ""] of code.matchAll(VARIABLE)) {
        const value = process.env[name];
        if (value !== undefined && name !== "NODE_ENV" && isInlined(name))
          define[whole] = JSON.stringify(value);
      }
      if (Object.keys(define).length === 0) return null;
      return vite.transformWithOxc(code, id, { lang: "js", define, tsconfig: false });
    },
  };
}

function isInlined(name: string): boolean {
  const { env } = pageSettings();
  if (env === "inline" || env === "disable") return env === "inline";
  return name.startsWith(env.slice(0, env.indexOf("*")));
}
