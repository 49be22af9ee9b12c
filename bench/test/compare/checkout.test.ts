import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkOut, findCommit } from "../../src/compare/checkout.ts";

/** A repository as small as can be, with a `bench` whose build is one line of shell. */
let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bench-checkout-test-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function git(...args: string[]): string {
  const identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"];
  return execFileSync("git", [...identity, ...args], { cwd: root, encoding: "utf8", stdio: "pipe" });
}

/** @returns the commit whose build is that */
function commitBuild(
  build: string,
  more: Readonly<Record<string, unknown>> = { "bench/src/servers/mantou.ts": "" },
): string {
  const files = {
    ...more,
    "package.json": { private: true },
    "bench/package.json": { name: "@mantou/bench", private: true, scripts: { build } },
    "pnpm-workspace.yaml": { packages: ["bench"] },
    "pnpm-lock.yaml": {
      lockfileVersion: "9.0",
      settings: { autoInstallPeers: true, excludeLinksFromLockfile: false },
      importers: { ".": {}, bench: {} },
    },
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    // JSON is YAML too.
    writeFileSync(join(root, path), JSON.stringify(content));
  }
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message", "a build");
  return findCommit("HEAD", root);
}

describe("findCommit", () => {
  it("says in one line what git does not know, options included", () => {
    commitBuild("true");
    expect(findCommit("main", root)).toMatch(/^[0-9a-f]{40}$/);
    for (const ref of ["no-such-branch", "HEAD~5", "--all", "HEAD:package.json"]) {
      expect(() => findCommit(ref, root)).toThrow(`git knows no commit "${ref}"`);
    }
    expect(() => findCommit("main", join(root, "bench/none"))).toThrow("git knows no commit");
  });
});

describe("checkOut", () => {
  const nothing = (): void => {};

  it("builds the commit, not what the files are now, in a folder that can be removed", async () => {
    const commit = commitBuild("mkdir -p dist/servers && echo first > dist/servers/mantou.js");
    writeFileSync(join(root, "bench/package.json"), "changed since");
    const steps: string[] = [];
    const { bench, remove } = await checkOut(commit, (doing) => steps.push(doing), root);
    expect(readFileSync(join(bench, "dist/servers/mantou.js"), "utf8")).toBe("first\n");
    expect(steps.at(-1)).toBe("building it");
    expect(bench.startsWith(root)).toBe(false);
    remove();
    expect(existsSync(dirname(bench))).toBe(false);
  });

  it("shows what a build that fails has printed, and leaves nothing behind", async () => {
    const commit = commitBuild("pwd && echo error TS1234: no && exit 1");
    const failure = await checkOut(commit, nothing, root).catch((error: unknown) => error);
    expect(String(failure)).toContain("error TS1234: no");
    const folder = /\S*mantou-compare-\w+/.exec(String(failure))?.[0];
    expect(existsSync(folder ?? "/")).toBe(false);
  });

  it("refuses what has no server of that name, before anything is installed", async () => {
    const steps: string[] = [];
    const commit = commitBuild("true", {});
    await expect(checkOut(commit, (doing) => steps.push(doing), root)).rejects.toThrow(
      "too old to be compared",
    );
    expect(steps.at(-1)).toBe("unpacking it");
  });
});

describe("--compare", () => {
  const program = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
  const isCheckout = existsSync(fileURLToPath(new URL("../../../.git", import.meta.url)));

  it.skipIf(!isCheckout)("removes the folder when it is interrupted", async () => {
    const child = spawn(process.execPath, [program, "--compare", "HEAD", "hello"], {
      env: { ...process.env, TMPDIR: root },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    await new Promise<void>((resolve, reject) => {
      let output = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes("installing it")) resolve();
      });
      child.on("close", () => reject(new Error(output)));
    });
    expect(readdirSync(root)).toHaveLength(1);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(readdirSync(root)).toEqual([]);
  });
});
