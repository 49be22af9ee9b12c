import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { OpenFile } from "../../src/http/open-file.ts";
import { file } from "../../src/plain.ts";

it.skipIf(process.platform === "win32")(
  "a file that is a pipe or a socket leaves the paths of modules as they are",
  async () => {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), "mantou-pipe-"));
    const [real, link, pipe, socket] = ["real", "link", "pipe", "socket"].map((name) =>
      join(folder, name),
    ) as [string, string, string, string];
    mkdirSync(real);
    symlinkSync(real, link);
    execFileSync("mkfifo", [pipe]);
    const fd = openSync(pipe, "r+");
    const server = createServer().listen(socket);
    await once(server, "listening");
    const require = createRequire(import.meta.url);
    let count = 0;
    const load = (): string => {
      const name = `${count++}.cjs`;
      writeFileSync(join(real, name), "module.exports = __filename;");
      return dirname(require(join(link, name)) as string);
    };
    try {
      // Another test of this process may have left the numbers of a pipe.
      statSync("/");
      // The folders are known from here on.
      expect(load()).toBe(real);
      for (const use of [
        () => file(fd).size,
        () => file(pipe).size,
        () => file(socket).lastModified,
        () => file(fd).stat(),
        () => file(pipe).exists(),
        () => OpenFile.open(fd).close(),
        () => OpenFile.open(pipe).close(),
        () => file(pipe).stat(),
      ]) {
        await use();
        expect([String(use), load()]).toEqual([String(use), real]);
      }
    } finally {
      server.close();
      closeSync(fd);
      rmSync(folder, { recursive: true });
    }
  },
);
