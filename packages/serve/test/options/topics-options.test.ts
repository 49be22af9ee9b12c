import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ServeOptions } from "../../src/api/server.ts";
import type { Backplane } from "../../src/api/topics.ts";
import { resolveOptions } from "../../src/options/serve-options.ts";
import { installCopy } from "../support/installed-copy.ts";

const resolve = (options: object): Backplane | null =>
  resolveOptions({ fetch: () => new Response(), ...options } as unknown as ServeOptions<never, string>)
    .backplane;

describe("the option backplane", () => {
  it("is what makes a relay, or none", () => {
    const given = { createRelay: () => ({}) };
    expect(resolve({ backplane: given })).toBe(given);
    for (const none of [{}, { backplane: undefined }, { backplane: null }, { backplane: false }])
      expect(resolve(none)).toBeNull();
  });

  it.each([
    true,
    5,
    "redis://localhost",
    {},
    [],
    () => {},
    { createRelay: true },
  ])("refuses %j", (backplane) => {
    expect(() => resolve({ backplane })).toThrow(TypeError);
    expect(() => resolve({ backplane })).toThrow(/^backplane must be .*@mantou\/backplane/);
  });

  it("is no URL, for which there is a variable", () => {
    expect(() => resolve({ backplane: "redis://localhost" })).toThrow(/MANTOU_BACKPLANE/);
  });
});

describe("MANTOU_BACKPLANE", () => {
  const [before, cwd] = [process.env["MANTOU_BACKPLANE"], process.cwd()];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mantou-"));
    process.chdir(folder);
  });

  afterEach(() => {
    process.chdir(cwd);
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env["MANTOU_BACKPLANE"];
    else process.env["MANTOU_BACKPLANE"] = before;
  });

  it.each(["", "off"])("means none if it is %j, and so does the option false", (url) => {
    process.env["MANTOU_BACKPLANE"] = url;
    expect(resolve({})).toBeNull();
    process.env["MANTOU_BACKPLANE"] = "redis://localhost";
    expect(resolve({ backplane: false })).toBeNull();
  });

  it("is read by its package, whose errors name the variable", () => {
    process.env["MANTOU_BACKPLANE"] = "local:";
    expect(resolve({})).toMatchObject({ name: "local" });
    process.env["MANTOU_BACKPLANE"] = "ftp://chat:secret@localhost";
    expect(() => resolve({})).toThrow(TypeError);
    expect(() => resolve({})).toThrow(/^MANTOU_BACKPLANE: .*; ftp: is none of them$/);
  });

  it("names the command that installs its package", () => {
    installCopy(folder);
    writeFileSync(
      join(folder, "program.mjs"),
      'import { resolveBackplane } from "./node_modules/@mantou/serve/dist/options/topics-options.js"; resolveBackplane();',
    );
    const { stderr } = spawnSync(process.execPath, ["program.mjs"], {
      encoding: "utf8",
      env: { ...process.env, MANTOU_BACKPLANE: "local:", NODE_PATH: "" },
    });
    expect(stderr).toContain(
      "Error: MANTOU_BACKPLANE needs the package @mantou/backplane, which is not installed: npm install @mantou/backplane",
    );
  });
});
