import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setEnvironmentData } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  forgetTsConfigs,
  setTsConfig,
  tsconfigIn,
  tsconfigOf,
} from "../../../src/loader/resolve/tsconfig.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mantou-tsconfig-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  forgetTsConfigs();
});

function write(path: string, content: unknown): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const factory = (jsxFactory: string): object => ({ compilerOptions: { jsxFactory } });

describe("the configuration for the files of a folder", () => {
  it("is the nearest one above, tsconfig.json before jsconfig.json", () => {
    write("tsconfig.json", factory("top"));
    write("a/jsconfig.json", factory("js"));
    write("a/b/jsconfig.json", factory("js"));
    write("a/b/tsconfig.json", factory("ts"));
    const of = (path: string): unknown => tsconfigOf(join(folder, path))?.compilerOptions.jsxFactory;
    expect([of("c/d"), of("a/x"), of("a/b/c")]).toEqual(["top", "js", "ts"]);
    expect(tsconfigIn(join(folder, "a"))?.path).toBe(join(folder, "a/jsconfig.json"));
    expect(tsconfigIn(join(folder, "a/x"))).toBeNull();
  });

  it("may have comments, trailing commas and a byte order mark, and may be empty", () => {
    write("a/tsconfig.json", '\ufeff{ // one\n "compilerOptions": { /* two */ "jsx": "react", }, }');
    write("b/tsconfig.json", "\n");
    expect(tsconfigOf(join(folder, "a"))?.compilerOptions.jsx).toBe("react");
    expect(tsconfigOf(join(folder, "b"))?.compilerOptions).toEqual({});
  });

  it("is kept until it is forgotten", () => {
    write("tsconfig.json", factory("one"));
    expect(tsconfigOf(folder)?.compilerOptions.jsxFactory).toBe("one");
    write("tsconfig.json", factory("two"));
    expect(tsconfigOf(folder)?.compilerOptions.jsxFactory).toBe("one");
    forgetTsConfigs();
    expect(tsconfigOf(folder)?.compilerOptions.jsxFactory).toBe("two");
  });

  it("is the one that the command line names, for all folders", () => {
    write("a/tsconfig.json", factory("a"));
    setTsConfig(write("other.json", factory("named")));
    try {
      expect(tsconfigOf(join(folder, "a"))?.compilerOptions.jsxFactory).toBe("named");
    } finally {
      setEnvironmentData("mantou.tsconfig", undefined);
    }
  });

  it("has what it extends", () => {
    write("base.json", {
      compilerOptions: { jsx: "react", jsxFactory: "base", paths: { "@/*": ["./base/*"] } },
    });
    write("a/tsconfig.json", { extends: "../base.json", ...factory("own") });
    const { compilerOptions, matchPaths } = tsconfigOf(join(folder, "a"))!;
    expect(compilerOptions).toMatchObject({ jsx: "react", jsxFactory: "own" });
    expect(matchPaths?.("@/x")).toEqual([join(folder, "base/x")]);
  });

  it("tries the paths of a specifier in their order", () => {
    const paths = { "~/*": ["./one/*", "./two/*"], exact: ["./file"] };
    write("tsconfig.json", { compilerOptions: { baseUrl: "./src", paths } });
    const { matchPaths } = tsconfigOf(folder)!;
    expect(matchPaths?.("~/x")).toEqual([join(folder, "src/one/x"), join(folder, "src/two/x")]);
    expect(matchPaths?.("exact")).toEqual([join(folder, "src/file")]);
    expect(matchPaths?.("other")).toEqual([join(folder, "src/other")]);
    write("none/tsconfig.json", {});
    expect(tsconfigOf(join(folder, "none"))!.matchPaths).toBeNull();
  });
});

describe("a configuration with a fault", () => {
  const BAD = '{\n  "a": 1,,\n}';

  it("is reported with its place", () => {
    const path = write("tsconfig.json", BAD);
    expect(() => tsconfigOf(folder)).toThrow(SyntaxError);
    try {
      tsconfigOf(folder);
    } catch (error) {
      expect((error as Error).stack).toMatch(`    at ${path}:2:10\n\n2 |   "a": 1,,\n`);
    }
  });

  it("counts for nothing in a dependency, whose author does not run the program", () => {
    write("node_modules/p/tsconfig.json", BAD);
    expect(tsconfigOf(join(folder, "node_modules/p"))?.compilerOptions).toEqual({});
  });

  it("counts alone if what it extends is not there, and a line says so", () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    const path = write("tsconfig.json", { extends: "./none.json", ...factory("own") });
    expect(tsconfigOf(folder)?.compilerOptions.jsxFactory).toBe("own");
    expect(printed.mock.calls).toEqual([[expect.stringContaining(path)]]);
    write("node_modules/p/tsconfig.json", { extends: "@config/none", ...factory("p") });
    expect(tsconfigOf(join(folder, "node_modules/p"))?.compilerOptions.jsxFactory).toBe("p");
    expect(printed).toHaveBeenCalledTimes(1);
    printed.mockRestore();
  });
});
