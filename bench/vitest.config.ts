import type { ViteUserConfig } from "vitest/config";
import { sharingProcesses } from "../vitest.shared.ts";

const config: ViteUserConfig = sharingProcesses(
  [],
  // Whole benchmarks, each of several servers.
  ["test/{main,resumed-run,idle/main,micro/main,startup/main}.test.ts"],
);

export default config;
