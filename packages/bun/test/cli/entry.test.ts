import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findEntry } from "../../src/cli/entry.ts";

let folder: string;
const { PATH } = process.env;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mantou-entry-"));
});
afterEach(() => {
  process.env["PATH"] = PATH;
  rmSync(folder, { recursive: true, force: true });
});

it.skipIf(process.platform === "win32")(
  "finds a command of the system behind a folder of PATH that cannot be looked into",
  async () => {
    const file = join(folder, "bin", "hello");
    mkdirSync(join(folder, "bin"));
    writeFileSync(file, "#!/bin/sh\n");
    chmodSync(file, 0o755);
    // A circle of links is closed to every user, root among them.
    symlinkSync("circle", join(folder, "circle"));
    process.env["PATH"] = [join(folder, "circle"), join(folder, "bin")].join(delimiter);
    expect(await findEntry("hello", true, folder)).toEqual({ kind: "command", file });
  },
);
