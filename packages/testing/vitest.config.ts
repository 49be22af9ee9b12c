import type { ViteUserConfig } from "vitest/config";
import { sharingProcesses } from "../../vitest.shared.ts";

const config: ViteUserConfig = sharingProcesses();

export default config;
