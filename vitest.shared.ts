import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig, type ViteUserConfig } from "vitest/config";

/** What `pnpm test:quick` leaves out: peers and RFCs, generated conversations, and processes. */
const slow = [
  "test/conformance/**",
  "test/**/*{properties,oracle,arbitraries,conversation}.test.ts",
  "test/{bun,packed,readme,node-http,node-client}.test.ts",
  "test/cli/{main,reload,signals}.test.ts",
];

/** The base of every package's vitest.config.ts: the tests beside `src/`, with generous time limits. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
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
 */
export function sharingProcesses(alone: readonly string[] = []): ViteUserConfig {
  const shared = {
    ...config.test,
    name: "shared",
    isolate: false,
    exclude: [...(config.test?.exclude ?? []), ...alone],
  };
  if (alone.length === 0) return defineConfig({ test: shared });
  const apart = { ...config.test, name: "alone", include: [...alone] };
  return defineConfig({ test: { projects: [{ test: shared }, { test: apart }] } });
}

export default config;
