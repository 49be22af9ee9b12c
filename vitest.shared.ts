import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";

/** What every package's vitest.config.ts is: the tests beside `src/`, on generous time limits. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: [fileURLToPath(new URL("./vitest.setup.ts", import.meta.url))],
    // For a machine that has ten times as much to do. A test that depends on time takes a clock.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

export default config;
