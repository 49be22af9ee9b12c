import { mergeConfig, type ViteUserConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

// Nothing here changes what another file could see, so that the files share their processes.
const config: ViteUserConfig = mergeConfig(shared, { test: { isolate: false } });

export default config;
