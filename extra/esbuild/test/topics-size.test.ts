import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("@mantou/topics is 2 KB at most, minified by esbuild and by gzip -9", async () => {
  const source = fileURLToPath(new URL("../../../packages/topics/src/index.ts", import.meta.url));
  const options = { bundle: true, minify: true, format: "esm", target: "es2022", write: false } as const;
  const { outputFiles } = await build({ entryPoints: [source], ...options });
  expect(gzipSync(outputFiles[0]!.text, { level: 9 }).length).toBeLessThanOrEqual(2048);
});
