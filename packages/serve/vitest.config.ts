import { defineConfig, type ViteUserConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

/** They change what another file could see, or look at what another may have changed: the globals, the environment, the clock. */
const alone = [
  "test/**/*plain.test.ts",
  "test/*.test.ts",
  "test/{errors,fetch,frameworks}/*.test.ts",
  "test/http/http-date.test.ts",
  "test/conformance/{fetch-*,files*,timeouts}.test.ts",
];

// The other files share their processes, and so what they import: a third of what this package's tests cost was starting and importing.
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
