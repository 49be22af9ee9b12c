import { closeSync, existsSync, mkdirSync, openSync, readFileSync, symlinkSync } from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { until } from "@mantou/testing/wait";
import { describe, expect, it, vi } from "vitest";
import { type FileData, writeFile } from "../../src/fetch/file-write.ts";
import { file, Response as LightResponse } from "../../src/plain.ts";

const dir = tempDir();
fill(dir, { "source.txt": "héllo" });
const bytes = new TextEncoder().encode("héllo");

const data: [name: string, make: () => FileData][] = [
  ["text", () => "héllo"],
  ["bytes", () => bytes],
  ["a view", () => new DataView(bytes.buffer)],
  ["an ArrayBuffer", () => bytes.buffer],
  ["a Blob", () => new Blob(["hé", "llo"])],
  ["another file", () => file(join(dir, "source.txt"))],
  ["a stream", () => new Blob(["héllo"]).stream() as ReadableStream<Uint8Array>],
  ["a Response", () => new globalThis.Response("héllo")],
  ["a light Response", () => new LightResponse("héllo")],
  ["a Request", () => new Request("http://a", { method: "POST", body: "héllo" })],
];

describe("writing a file", () => {
  it.each(data)("from %s", async (name, make) => {
    const path = join(dir, name, "a.txt");
    for (let i = 0; i < 2; i++) expect(await writeFile(path, make())).toBe(6);
    expect(readFileSync(path, "utf8")).toBe("héllo");
  });

  it("from nothing empties it", async () => {
    const path = join(dir, "empty.txt");
    await writeFile(path, "before");
    expect(await writeFile(path, "")).toBe(0);
    expect(await writeFile(path, new globalThis.Response(null))).toBe(0);
    expect(readFileSync(path, "utf8")).toBe("");
  });

  it.runIf(process.platform === "linux")("rejects where the system makes no folder", async () => {
    for (const path of ["/proc/none/a.txt", "/proc/none/deeper/a.txt"]) {
      await expect(writeFile(path, "x")).rejects.toMatchObject({ code: "ENOENT" });
    }
  });

  it("makes the folders of two writes at once, and none in place of a file", async () => {
    const paths = ["one.txt", "two.txt"].map((name) => join(dir, "new/deep/er", name));
    expect(await Promise.all(paths.map((path) => writeFile(path, "x")))).toEqual([1, 1]);
    await expect(writeFile(join(dir, "source.txt/a.txt"), "x")).rejects.toMatchObject({ code: "ENOTDIR" });
    await expect(writeFile(join(dir, "source.txt/b/a.txt"), "x")).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  it.runIf(process.platform !== "win32")(
    "finds its folder as the system does, behind a link too",
    async () => {
      mkdirSync(join(dir, "target/sub"), { recursive: true });
      symlinkSync(join(dir, "target/sub"), join(dir, "link"));
      await writeFile(`${dir}/link/../beside/a.txt`, "x");
      expect(readFileSync(join(dir, "target/beside/a.txt"), "utf8")).toBe("x");
      expect(existsSync(join(dir, "beside"))).toBe(false);
    },
  );

  it("makes no folder that is there: of a root, macOS and Windows say EISDIR and EPERM", async () => {
    vi.spyOn(promises, "mkdir").mockRejectedValue(Object.assign(new Error("root"), { code: "EPERM" }));
    syncBuiltinESMExports();
    try {
      expect(await writeFile(join(dir, "in-root.txt"), "x")).toBe(1);
      await expect(writeFile(join(dir, "not-there/a.txt"), "x")).rejects.toMatchObject({ code: "EPERM" });
    } finally {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
    }
  });

  it("by a descriptor leaves it open", async () => {
    const path = join(dir, "fd.txt");
    const fd = openSync(path, "w");
    expect(await writeFile(fd, "one ")).toBe(4);
    expect(await writeFile(fd, "two")).toBe(3);
    closeSync(fd);
    expect(readFileSync(path, "utf8")).toBe("one two");
  });

  it.each([undefined, null, 5, {}, []])("not from %j", async (value) => {
    const path = join(dir, "kept.txt");
    await writeFile(path, "before");
    await expect(writeFile(path, value as unknown as string)).rejects.toThrow(TypeError);
    expect(readFileSync(path, "utf8")).toBe("before");
  });

  it("that is impossible rejects, and cancels what was to be written", async () => {
    await expect(writeFile(dir, "x")).rejects.toMatchObject({ code: "EISDIR" });
    for (const [path, code] of [
      [dir, "EISDIR"],
      [join(dir, "source.txt/b/a.txt"), "ENOTDIR"],
    ] as const) {
      const cancel = vi.fn();
      const endless = new ReadableStream({ pull: (controller) => controller.enqueue(bytes), cancel });
      await expect(writeFile(path, endless)).rejects.toMatchObject({ code });
      await until(() => cancel.mock.calls.length > 0, "the cancel");
      expect(cancel).toHaveBeenCalledOnce();
      expect(endless.locked).toBe(false);
    }
  });
});
