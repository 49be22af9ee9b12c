import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { file } from "../../src/plain.ts";

const dir = tempDir();
const path = join(dir, "ä.txt");
fill(dir, { "ä.txt": "content" });

describe("file()", () => {
  it("takes a path, its bytes, a URL or a descriptor", async () => {
    const bytes = new TextEncoder().encode(path);
    for (const source of [path, bytes, bytes.buffer, pathToFileURL(path)]) {
      expect(file(source).name).toBe(path);
      expect(await file(source).text()).toBe("content");
      expect(file(source).type).toBe("text/plain;charset=utf-8");
    }
    const fd = openSync(path, "r");
    expect(file(fd).name).toBeUndefined();
    expect(file(fd).size).toBe(7);
    expect(file(fd).type).toBe("application/octet-stream");
    // As often as one likes: it is read from its beginning, and stays open.
    for (let i = 0; i < 2; i++) expect(await file(fd).text()).toBe("content");
    expect(await file(fd).slice(2, 4).text()).toBe("nt");
    closeSync(fd);
  });

  it("takes a type, which Bun's charset is added to", () => {
    expect(file("a.json", { type: "text/html" }).type).toBe("text/html;charset=utf-8");
    expect(file("a.json", { type: "X/Y" }).type).toBe("x/y");
    expect(file("a.json", { type: "" }).type).toBe("application/json;charset=utf-8");
    expect(file("a.json", {}).type).toBe("application/json;charset=utf-8");
  });

  it.each([
    undefined,
    null,
    {},
    [],
    true,
    Symbol("s"),
    () => {},
    "",
    "a\0b",
    new URL("http://a/b"),
    -1,
    1.5,
    2 ** 31,
  ])("does not take %s", (source) => {
    expect(() => file(source as string)).toThrow(typeof source === "number" ? RangeError : TypeError);
  });

  it("does not take a type that is no string", () => {
    expect(() => file("a", { type: 5 as unknown as string })).toThrow(TypeError);
  });
});
