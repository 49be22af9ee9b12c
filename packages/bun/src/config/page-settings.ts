/** `[serve.static]` of bunfig.toml: what Bun's bundler does with pages, in Vite's words. */
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import type { NeededPlugin, PageSettings } from "@mantou/html";

/** Workers have the data of the thread that starts them. */
const KEY = "mantou.pages";

/** Plugins of Bun's bundler, and what does the same in Vite. */
const COUNTERPARTS: Readonly<Record<string, Omit<NeededPlugin, "namedBy">>> = {
  "bun-plugin-tailwind": { package: "@tailwindcss/vite", member: "default", prefix: "@tailwindcss/vite" },
  "bun-plugin-svelte": {
    package: "@sveltejs/vite-plugin-svelte",
    member: "svelte",
    prefix: "vite-plugin-svelte",
  },
};

/** Bun's names for source maps, and Vite's. */
export const SOURCE_MAPS = { linked: true, external: "hidden", inline: "inline", none: false } as const;

/** As they stand in the file, checked. */
export interface StaticSettings {
  readonly plugins: readonly string[];
  readonly env: PageSettings["env"];
  readonly sourcemap: PageSettings["sourcemap"];
}

export const NO_STATIC_SETTINGS: StaticSettings = { plugins: [], env: "disable", sourcemap: undefined };

export type KeptSettings = Omit<PageSettings, "imports"> & {
  /** Modules with plugins of Bun's bundler that have no counterpart. */
  readonly bundlerPlugins: readonly string[];
};

/** Sets them for the pages of this process. */
export function keepPageSettings({ plugins, env, sourcemap }: StaticSettings): void {
  const known = plugins.filter((name) => Object.hasOwn(COUNTERPARTS, name));
  const settings: KeptSettings = {
    plugins: known.map((name) => ({ ...COUNTERPARTS[name]!, namedBy: `bunfig.toml names ${name}` })),
    bundlerPlugins: plugins.filter((name) => !known.includes(name)),
    env,
    sourcemap,
  };
  setEnvironmentData(KEY, settings);
}

/** Undefined where nothing was prepared. */
export function keptPageSettings(): KeptSettings | undefined {
  return getEnvironmentData(KEY) as KeptSettings | undefined;
}
