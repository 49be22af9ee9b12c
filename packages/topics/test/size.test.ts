import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, it } from "vitest";

it("is 2 KB at most, minified and by gzip -9", async () => {
  const bundle = await rolldown({ input: fileURLToPath(new URL("../src/index.ts", import.meta.url)) });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  expect(output).toHaveLength(1);
  expect(output[0].imports).toEqual([]);
  expect(gzipSync(output[0].code, { level: 9 }).length).toBeLessThanOrEqual(2048);
});
