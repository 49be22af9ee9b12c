import type { ViteUserConfig } from "vitest/config";
import { sharingProcesses } from "../../vitest.shared.ts";

const config: ViteUserConfig = sharingProcesses(
  [],
  // Ten visits with a browser: half of what this package costs. death.e2e.test.ts is one, too, and stays.
  ["test/chat.e2e.test.ts"],
);

export default config;
