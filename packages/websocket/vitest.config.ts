import type { ViteUserConfig } from "vitest/config";
import { sharingProcesses } from "../../vitest.shared.ts";

const config: ViteUserConfig = sharingProcesses([
  // Looks at what the collector does with memory, and so at what other files have left of it.
  "test/zlib-direct.test.ts",
]);

export default config;
