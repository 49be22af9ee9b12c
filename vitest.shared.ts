import { join, relative, sep } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig, type ViteUserConfig } from "vitest/config";
import { runsAll } from "./vitest.runs.ts";

const root = fileURLToPath(new URL("./", import.meta.url));

/** What `pnpm test:quick` leaves out: peers and RFCs, generated conversations, and processes. */
const slow = [
  "test/conformance/**",
  "test/**/*{properties,oracle,arbitraries,conversation}.test.ts",
  "test/{bun,packed,readme,node-http,node-client}.test.ts",
  "test/cli/{main,reload,signals}.test.ts",
];

/**
 * A folder for each package, since vitest empties it when the lock file is another than before, and packages are tested side by side. It
 * is no part of node_modules, whose size is promised.
 */
const cachePath = join(root, ".cache/vitest", relative(root, process.cwd()).replaceAll(sep, "-"));

/** The base of every package's vitest.config.ts: the tests beside `src/`, with generous time limits. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // What one project has transformed is read by the next, and by the next run: serve's tests take 82 s of CPU in place of 104, then 73.
    experimental: { fsModuleCache: true, fsModuleCachePath: cachePath },
    exclude: [...configDefaults.exclude, ...(process.env["MANTOU_QUICK"] === "1" ? slow : [])],
    setupFiles: [fileURLToPath(new URL("./vitest.setup.ts", import.meta.url))],
    // They suit a machine with ten times the load. A test that depends on time takes a clock.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

/**
 * The same for a package whose files share their processes, and so what they import: to start a process and to import costs more than
 * most files' tests.
 * @param alone files that change what another could see, or look at what another may have changed: the globals, the clock, memory
 * @param costly files that `pnpm test` leaves out: whole programs that cost much and seldom find a fault alone
 */
export function sharingProcesses(
  alone: readonly string[] = [],
  costly: readonly string[] = [],
): ViteUserConfig {
  const shared = {
    ...config.test,
    name: "shared",
    isolate: false,
    exclude: [...(config.test?.exclude ?? []), ...alone, ...(runsAll ? [] : costly)],
  };
  if (alone.length === 0) return defineConfig({ test: shared });
  const apart = { ...config.test, name: "alone", include: [...alone] };
  return defineConfig({ test: { projects: [{ test: shared }, { test: apart }] } });
}

export default config;
