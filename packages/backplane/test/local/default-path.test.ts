import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defaultPath } from "../../src/local/default-path.ts";
import { socketFolder } from "../support/socket-folder.ts";

test("the default path is in a folder of this user alone, and the same for each process of a working directory", () => {
  const folder = join(socketFolder(), "m");
  const path = defaultPath(folder);
  expect(path).toMatch(/\/m\/[0-9a-f]{16}\.sock$/);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(defaultPath(folder)).toBe(path);
});

test("a folder that is open to others, a link or a file is refused", () => {
  const parent = socketFolder();
  const open = join(parent, "open");
  mkdirSync(open);
  chmodSync(open, 0o755);
  const link = join(parent, "link");
  mkdirSync(join(parent, "private"), { mode: 0o700 });
  symlinkSync(join(parent, "private"), link);
  for (const folder of [open, link]) {
    expect(() => defaultPath(folder)).toThrow(
      `${folder} must be a folder of this user alone (mode 0700): remove it, or give local() a path`,
    );
  }
  writeFileSync(join(parent, "file"), "");
  expect(() => defaultPath(join(parent, "file"))).toThrow();
});
