import { execFileSync } from "node:child_process";
import { appendFileSync, closeSync, openSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { OpenFile } from "../../src/http/open-file.ts";
import { openCount } from "../support/descriptors.ts";

const dir = tempDir();
const path = join(dir, "a.txt");
fill(dir, { "a.txt": "0123456789" });

function refusal(source: string | number): unknown {
  try {
    OpenFile.openRegular(source);
  } catch (error) {
    return error;
  }
  throw new Error(`${source} was opened`);
}

describe("an open file", () => {
  it("is read where one likes, up to its end", async () => {
    const file = OpenFile.openRegular(path);
    const target = Buffer.alloc(4);
    expect(file.readSync(target, 3)).toBe(4);
    expect(target.toString()).toBe("3456");
    expect(file.readSync(target, 8)).toBe(2);
    expect(await file.read(target, 3, 1)).toBe(3);
    expect(target.toString("latin1", 0, 3)).toBe("123");
    expect(await file.read(target, 3, 10)).toBe(0);
    file.close();
  });

  it("is closed once, and a descriptor that was given is left open", () => {
    const file = OpenFile.openRegular(path);
    file.close();
    file.close();
    expect(openCount(path) ?? 0).toBe(0);
    const fd = openSync(path, "r");
    const given = OpenFile.openRegular(fd);
    expect(given.size).toBe(10);
    given.close();
    closeSync(fd);
  });

  it("has changed if it was cut or written over, not if it has grown", () => {
    const changes: [() => void, boolean][] = [
      [() => {}, false],
      [() => appendFileSync(path, "more"), false],
      [() => truncateSync(path, 5), true],
      [() => writeFileSync(path, "9876543210"), true],
    ];
    for (const [change, isChange] of changes) {
      writeFileSync(path, "0123456789");
      utimesSync(path, 1_000_000, 1_000_000);
      const file = OpenFile.openRegular(path);
      change();
      expect(file.changed).toBe(isChange);
      file.close();
    }
  });
});

describe("what cannot be opened", () => {
  it("is missing if there is no such file", () => {
    for (const [source, code] of [
      [join(dir, "none"), "ENOENT"],
      [join(path, "below"), "ENOTDIR"],
      [join(dir, "x".repeat(300)), "ENAMETOOLONG"],
      [dir, "EISDIR"],
    ] as const) {
      const error = refusal(source);
      expect(error).toMatchObject({ code });
      expect(OpenFile.isMissing(error)).toBe(true);
    }
    expect(openCount(dir) ?? 0).toBe(0);
  });

  it.skipIf(process.platform === "win32")(
    "is missing if it is a FIFO, a socket or a device; none is waited for",
    async () => {
      execFileSync("mkfifo", [join(dir, "fifo")]);
      const socket = createServer().listen(join(dir, "socket"));
      await new Promise((resolve) => socket.once("listening", resolve));
      for (const source of [join(dir, "fifo"), join(dir, "socket"), "/dev/null"]) {
        expect(OpenFile.isMissing(refusal(source))).toBe(true);
      }
      socket.close();
      expect(openCount(dir) ?? 0).toBe(0);
    },
  );

  it("is an error of another kind if it is the server's", () => {
    const error = refusal(2 ** 31 - 1);
    expect(error).toMatchObject({ code: "EBADF" });
    expect(OpenFile.isMissing(error)).toBe(false);
    expect(OpenFile.isMissing(Object.assign(new Error(), { code: "ENOENT" }))).toBe(false);
  });
});
