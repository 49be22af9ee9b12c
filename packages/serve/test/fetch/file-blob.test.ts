import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { until } from "@mantou/testing/wait";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { FileBlob, isFileBlob } from "../../src/fetch/file-blob.ts";
import { type BunFile, file, Response as LightResponse } from "../../src/plain.ts";
import { openCount } from "../support/descriptors.ts";
import { runs } from "../support/runs.ts";

const dir = tempDir();
const text = "hello wörld 0123456789";
fill(dir, {
  "a.txt": text,
  "a.json": '{"a":[1]}',
  "bom.txt": "\ufeffabc",
  "empty.txt": "",
  "big.bin": new Uint8Array(300_000),
});
const at = (name: string): string => join(dir, name);

describe("a file as a Blob", () => {
  it("is one", () => {
    expect(file(at("a.txt"))).toBeInstanceOf(Blob);
    expect(Object.prototype.toString.call(file("x"))).toBe("[object Blob]");
    // Elysia looks at that.
    for (const blob of [file("x"), file("x").slice(1)]) expect(blob.constructor).toBe(Blob);
    expect(inspect(file("x.css"))).toBe("FileBlob { source: 'x.css', type: 'text/css;charset=utf-8' }");
    expectTypeOf<BunFile>().toExtend<Blob>();
    expect(isFileBlob(new Blob([]))).toBe(false);
    expect(new Blob([])).not.toBeInstanceOf(FileBlob);
  });

  it("is read in each of a Blob's ways, again and again", async () => {
    const blob = file(at("a.txt"));
    for (let i = 0; i < 2; i++) {
      expect(await blob.text()).toBe(text);
      expect(Buffer.from(await blob.bytes()).toString()).toBe(text);
      expect(Buffer.from(await blob.arrayBuffer()).toString()).toBe(text);
      expect(await new LightResponse(blob.stream()).text()).toBe(text);
    }
    expect(await file(at("a.json")).json()).toEqual({ a: [1] });
    expect(await file(at("bom.txt")).text()).toBe("abc");
    expect(await file(at("empty.txt")).text()).toBe("");
  });

  it.skipIf(process.platform === "win32")("is read as it comes if it is a pipe", async () => {
    const path = at("pipe");
    execFileSync("mkfifo", [path]);
    for (const [end, due] of [
      [undefined, text],
      [3, text.slice(0, 3)],
    ] as const) {
      const read = file(path).slice(0, end).text();
      await writeFile(path, text);
      expect(await read).toBe(due);
    }
  });

  it("gives its type to a response that is made of its stream", () => {
    const typeOf = (...args: ConstructorParameters<typeof LightResponse>) =>
      new LightResponse(...args).headers.get("content-type");
    expect(typeOf(file("x.css").stream())).toBe("text/css;charset=utf-8");
    expect(typeOf(file("x.css", { type: "a/b" }).slice(1).stream())).toBe("a/b");
    expect(typeOf(file("x.css").stream(), { headers: { "content-type": "c/d" } })).toBe("c/d");
    expect(typeOf(new Blob(["x"], { type: "a/b" }).stream())).toBe(null);
  });

  it("has each member of the platform's Blob itself: those look for what the platform's constructor makes", () => {
    const inherited = Object.getOwnPropertyNames(Blob.prototype);
    expect(inherited.filter((name) => !Object.hasOwn(FileBlob.prototype, name))).toEqual([]);
  });

  it("is decoded as a stream, also of characters that two chunks share", async () => {
    const path = at("long.txt");
    const long = `\ufeff${"xäöü€😀".repeat(20_000)}`;
    writeFileSync(path, long);
    let read = "";
    for await (const chunk of file(path).textStream()) read += chunk;
    expect(read).toBe(long.slice(1));
    await expect(file(at("missing.txt")).textStream().getReader().read()).rejects.toThrow("ENOENT");
  });

  it("gives bytes that are its reader's own", async () => {
    const bytes = await file(at("a.txt")).bytes();
    expect(bytes.buffer.byteLength).toBe(bytes.length);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    expect(await file(at("a.txt")).text()).toBe(text);
  });

  it("knows its size, time and stats as they are now", async () => {
    const path = at("grows.txt");
    const blob = file(path);
    expect([blob.size, blob.lastModified, await blob.exists()]).toEqual([0, 0, false]);
    writeFileSync(path, "123");
    utimesSync(path, 1_700_000_000, 1_700_000_000.5);
    expect([blob.size, blob.lastModified, await blob.exists()]).toEqual([3, 1_700_000_000_500, true]);
    writeFileSync(path, "12345");
    expect(blob.size).toBe(5);
    expect((await blob.stat()).size).toBe(5);
    expect((await blob.slice(1, 2).stat()).size).toBe(5);
  });

  it("that does not exist rejects with ENOENT, whatever is asked", async () => {
    const blob = file(at("none.json"));
    expect(blob.type).toBe("application/json;charset=utf-8");
    const asked = [
      blob.text(),
      blob.json(),
      blob.bytes(),
      blob.arrayBuffer(),
      blob.stat(),
      blob.delete(),
      blob.unlink(),
    ];
    for (const response of await Promise.allSettled(asked))
      expect(response).toMatchObject({ reason: { code: "ENOENT" } });
    await expect(new LightResponse(blob.stream()).text()).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("of a directory has no content", async () => {
    const blob = file(dir);
    expect([blob.size, await blob.exists()]).toEqual([0, false]);
    await expect(blob.text()).rejects.toMatchObject({ code: "EISDIR" });
  });

  it("is deleted", async () => {
    for (const name of ["delete", "unlink"] as const) {
      writeFileSync(at("gone.txt"), "x");
      await file(at("gone.txt"))[name]();
      expect(existsSync(at("gone.txt"))).toBe(false);
    }
    await expect(file(0).delete()).rejects.toThrow(TypeError);
  });

  it("is written, but not through a slice", async () => {
    expect(await file(at("new/deep/w.txt")).write("héllo")).toBe(6);
    expect(readFileSync(at("new/deep/w.txt"), "utf8")).toBe("héllo");
    await expect(file(at("a.txt")).slice(1).write("x")).rejects.toThrow(TypeError);
    expect(readFileSync(at("a.txt"), "utf8")).toBe(text);
  });
});

describe("a file that is written to itself", () => {
  const large = Buffer.alloc(1024 * 1024, "0123456789abcdef\n");
  const path = at("own.bin");
  const own = file(path);

  it("stays as it is", async () => {
    writeFileSync(path, large);
    expect(await own.write(own)).toBe(large.length);
    expect(readFileSync(path).equals(large)).toBe(true);
  });

  it.each<[what: string, make: () => Parameters<FileBlob["write"]>[0], from: number]>([
    ["a slice", () => own.slice(1), 1],
    ["another spelling", () => file(`${dir}/./own.bin`), 0],
    ["its stream", () => own.slice(2).stream(), 2],
    ["a Response", () => new globalThis.Response(own.stream()), 0],
    ["a light Response", () => new LightResponse(own.slice(3)), 3],
  ])("by %s is read first", async (_, make, from) => {
    writeFileSync(path, large);
    expect(await own.write(make())).toBe(large.length - from);
    expect(readFileSync(path).equals(large.subarray(from))).toBe(true);
  });

  it.skipIf(process.platform === "win32")("by a link is read first, too", async () => {
    symlinkSync(path, at("symlink.bin"));
    linkSync(path, at("hardlink.bin"));
    for (const name of ["symlink.bin", "hardlink.bin"]) {
      writeFileSync(path, large);
      expect(await file(at(name)).write(own)).toBe(large.length);
      expect(readFileSync(path).equals(large)).toBe(true);
    }
  });

  it("by a descriptor is read first, and written from its position on", async () => {
    writeFileSync(path, large);
    const fd = openSync(path, "a");
    expect(await file(fd).write(own)).toBe(large.length);
    closeSync(fd);
    expect(readFileSync(path).equals(Buffer.concat([large, large]))).toBe(true);
  });
});

describe("a stream of a file", () => {
  it("opens nothing before it is read, and closes at the end and when it is cancelled", async () => {
    const path = at("big.bin");
    const stream = file(path).stream();
    expect(openCount(path) ?? 0).toBe(0);
    const reader = stream.getReader();
    expect((await reader.read()).value?.length).toBeGreaterThan(0);
    expect(openCount(path) ?? 1).toBe(1);
    await reader.cancel();
    await until(() => (openCount(path) ?? 0) === 0, "closed");
    expect((await file(path).bytes()).length).toBe(300_000);
    await until(() => (openCount(path) ?? 0) === 0, "closed");
    await file(path).stream().cancel();
    expect(openCount(path) ?? 0).toBe(0);
  });
});

describe("a slice of a file", () => {
  const offset = fc.option(
    fc.oneof(fc.integer({ min: -30, max: 30 }), fc.constantFrom(Infinity, -Infinity, 1e300, NaN, 1.7, -1.7)),
    {
      nil: undefined,
    },
  );

  it("is what a slice of its content is, also of slices", async () => {
    const content = readFileSync(at("a.txt"));
    await fc.assert(
      fc.asyncProperty(offset, offset, offset, offset, async (a, b, c, d) => {
        // Not of a Blob of the platform's: Node.js 20 dies of fractions in slice().
        const expected = content.subarray(a, b).subarray(c, d).toString();
        const slice = file(at("a.txt")).slice(a, b).slice(c, d);
        expect(await slice.text()).toBe(expected);
        expect(slice.size).toBe(content.subarray(a, b).subarray(c, d).length);
      }),
      runs(300),
    );
  });

  it("keeps name and type, unless a type is given in any place", () => {
    const blob = file(at("a.txt"));
    expect(blob.slice(2, 5).type).toBe("text/plain;charset=utf-8");
    expect(blob.slice(2, 5).name).toBe(at("a.txt"));
    for (const slice of [
      blob.slice("X/Y"),
      blob.slice(0, "x/y"),
      blob.slice(0, 1, "x/y"),
      blob.slice(1, 2, "x/y").slice(0),
    ])
      expect(slice.type).toBe("x/y");
  });

  it("of what does not exist yet is cut when it does", async () => {
    const slice = file(at("later.txt")).slice(2, 4);
    expect(slice.size).toBe(0);
    writeFileSync(at("later.txt"), "abcdef");
    expect(slice.size).toBe(2);
    expect(await slice.text()).toBe("cd");
  });
});
