import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { describe, expect, it } from "vitest";
import { type Bunfig, readBunfig } from "../../src/config/bunfig.ts";

const root = tempDir();

function read(text: string): Bunfig {
  const folder = mkdtempSync(join(root, "bunfig-"));
  fill(folder, { "bunfig.toml": text });
  return readBunfig(folder, undefined);
}

describe("readBunfig", () => {
  it("gives the values that count, and ignores what other commands read", () => {
    const text = `
      jsx = "react-jsxDEV"
      jsxFactory = "h"
      jsxFragment = "F"
      jsxImportSource = "q"
      smol = true
      telemetry = false
      logLevel = "debug"
      unknown = 5
      [loader]
      ".a" = "text"
      [run]
      silent = true
      bun = true
      shell = "bun"
      noOrphans = true
      [console]
      depth = 3
      [serve]
      port = 4567
      [serve.static]
      plugins = ["bun-plugin-tailwind"]
      env = "PUBLIC_*"
      sourcemap = "external"
      minify = true
      [install]
      registry = 5
      [test]
      preload = 5`;
    expect(read(text)).toEqual({
      preload: [],
      define: {},
      loader: { ".a": "text" },
      jsx: { jsx: "react-jsxdev", jsxFactory: "h", jsxFragmentFactory: "F", jsxImportSource: "q" },
      env: true,
      smol: true,
      consoleDepth: 3,
      port: 4567,
      run: { isSilent: true, replacesNode: true, shell: "bun", endsOrphans: true },
      static: { plugins: ["bun-plugin-tailwind"], env: "PUBLIC_*", sourcemap: "hidden" },
    });
  });

  it("gives [serve.static] in Vite's words", () => {
    const of = (text: string): unknown => read(`[serve.static]\n${text}`).static;
    const none = { plugins: [], env: "disable", sourcemap: undefined };
    expect(of("")).toEqual(none);
    expect(of('plugins = "a"')).toEqual({ ...none, plugins: ["a"] });
    expect(of("env = true")).toEqual({ ...none, env: "inline" });
    expect(of("env = false")).toEqual(none);
    expect(of('sourcemap = "linked"')).toEqual({ ...none, sourcemap: true });
    expect(of("sourcemap = false")).toEqual({ ...none, sourcemap: false });
  });

  it("gives what holds without a file; that of the home folder is for package managers", () => {
    const none = readBunfig(join(root, "none"), undefined);
    expect(none).toEqual(read(""));
    expect(none).toMatchObject({
      jsx: {},
      loader: {},
      smol: false,
      consoleDepth: undefined,
      port: undefined,
    });
    expect(none.run).toEqual({ isSilent: false, replacesNode: false, shell: "system", endsOrphans: false });
  });

  it("ignores, as Bun does, what is of another type in [run] and for jsx", () => {
    expect(read("run = 5\njsx = 5\njsxFactory = true")).toEqual(read(""));
    expect(read('[run]\nsilent = 5\nbun = "x"\nshell = "zsh"')).toEqual(read(""));
  });

  it.each([
    ['jsx = "solid"', "jsx must be"],
    ["smol = 5", "smol must be"],
    ['telemetry = "x"', "telemetry must be"],
    ['logLevel = "loud"', "logLevel must be"],
    ["define = 5", "define must be"],
    ["env = 5", "env must be"],
    ["preload = [5]", "preload must be"],
    ["loader = 5", "loader must be"],
    ['[loader]\n"a" = "text"', "begins with a dot"],
    ['[loader]\n".a" = "foo"', 'no loader "foo"'],
    ['[loader]\n".a" = "napi"', '"napi" is not there in Mantou'],
    ['[loader]\n".a" = 5', ".a must be"],
    ['[console]\ndepth = "x"', "console.depth must be"],
    ['[serve]\nport = "x"', "serve.port must be"],
    ["[serve.static]\nplugins = 5", "plugins must be"],
    ['[serve.static]\nenv = "PUBLIC"', "env must be"],
    ['[serve.static]\nsourcemap = "x"', "sourcemap must be"],
  ])("refuses %s, with its place", (text, message) => {
    const wrong = (): Bunfig => read(`# first\n${text}`);
    expect(wrong).toThrow(message);
    const line = text.includes("\n") ? 3 : 2;
    try {
      wrong();
    } catch (error) {
      expect((error as Error).stack).toContain(`bunfig.toml:${line}:1`);
    }
  });
});
