import { defineConfig, type ViteUserConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

/** Looks at what the collector does with memory, and so at what other files have left of it. */
const alone = ["test/zlib-direct.test.ts"];

// Nothing else changes what another file could see, so that the other files share their processes.
const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared.test,
          name: "shared",
          isolate: false,
          exclude: [...(shared.test?.exclude ?? []), ...alone],
        },
      },
      { test: { ...shared.test, name: "alone", include: alone } },
    ],
  },
});

export default config;
