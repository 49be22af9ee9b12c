import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** Runs the built command. Nothing here runs a scenario. */
const parity = (...args: string[]) =>
  spawnSync(process.execPath, [fileURLToPath(new URL("../dist/main.js", import.meta.url)), ...args], {
    encoding: "utf8",
  });

describe("the command", () => {
  it("prints its usage with --help", () => {
    const { status, stdout } = parity("--help");
    expect(status).toBe(0);
    expect(stdout).toContain("pnpm parity [word…] [--update]");
  });

  it.each([
    [["--updat"], "--updat"],
    [["--update", "routing"], "leave out the words"],
    [["no such scenario"], "no scenario has a name with no such scenario"],
  ])("refuses %j with exit code 2, and says why", (args, why) => {
    const { status, stderr } = parity(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(why);
  });
});
