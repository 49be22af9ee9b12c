import { rmSync } from "node:fs";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { afterEach, expect, it, vi } from "vitest";
import { runHot } from "../../src/cli/hot.ts";

captureErrors();
afterEach(() => {
  vi.restoreAllMocks();
});

const output: string[] = [];

it("a folder that cannot be watched is reported, and does not end the program", async () => {
  const dir = tempDir();
  fill(dir, { "a.mjs": "export {};", "d/b.mjs": "", "e/f/c.mjs": "" });
  vi.spyOn(console, "error").mockImplementation((text: unknown) => void output.push(String(text)));
  const watcher = await runHot({ file: join(dir, "a.mjs"), hostname: undefined });
  try {
    watcher!.emit("error", new Error("ENOSPC: System limit for number of file watchers reached"));
    expect(output.join()).toContain("Not all changes will be seen: ENOSPC");
    rmSync(join(dir, "d"), { recursive: true });
    rmSync(join(dir, "e"), { recursive: true });
    // Longer than what counts as one change.
    const patience = { interval: 500, timeout: 20_000 };
    await vi.waitFor(() => {
      if (!output.includes("Reloaded")) fill(dir, { "a.mjs": `export const at = ${Date.now()};` });
      expect(output).toContain("Reloaded");
    }, patience);
  } finally {
    watcher?.close();
  }
});
