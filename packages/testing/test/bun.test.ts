import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { findBun } from "../src/bun.ts";
import { fill, tempDir } from "../src/temp-dir.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A workspace whose cache has these versions of Bun. */
function workspace(wanted: string, cached: readonly string[]): string {
  vi.stubEnv("MANTOU_BUN", "");
  vi.stubEnv("MANTOU_REQUIRE_BUN", "");
  const root = tempDir();
  fill(root, { "package.json": JSON.stringify({ devDependencies: { "bun-types": wanted } }) });
  for (const version of cached) {
    fill(root, { [`.cache/bun-${version}/node_modules/@oven/bun-linux-x64/bin/bun`]: version });
  }
  return root;
}

describe("findBun", () => {
  it("takes the version that the workspace has the types of, and no other that the cache keeps", () => {
    const root = workspace("1.4.10", ["1.3.9", "1.4.10", "1.4.5"]);
    expect(findBun(root)).toBe(join(root, ".cache/bun-1.4.10/node_modules/@oven/bun-linux-x64/bin/bun"));
    expect(findBun(workspace("1.4.5", ["1.3.9", "1.4.10"]))).toBeNull();
  });

  it("is an error without one that is demanded", () => {
    const root = workspace("1.4.5", ["1.3.9"]);
    vi.stubEnv("MANTOU_REQUIRE_BUN", "1");
    expect(() => findBun(root)).toThrow("there is no Bun");
  });
});
