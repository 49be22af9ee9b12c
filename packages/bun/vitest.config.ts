import type { ViteUserConfig } from "vitest/config";
import { sharingProcesses } from "../../vitest.shared.ts";

const config: ViteUserConfig = sharingProcesses(
  // They import `serve` with and without the globals, or set a global Bun.
  ["test/frameworks/*.test.ts", "test/cli/program.test.ts"],
  // It packs every package, and installs them.
  ["test/packed.test.ts"],
);

export default config;
