import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { HELP } from "../src/command.ts";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

it("asks nothing without a terminal, and exits with 2", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main], { encoding: "utf8" });
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(HELP);
});
