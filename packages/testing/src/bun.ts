import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The note in the title of a skipped suite. */
export const NO_BUN = "skipped, there is no Bun: set MANTOU_BUN, or let `node scripts/bun.mjs` fetch it";

/**
 * Bun's binary: `MANTOU_BUN`, or the one that `node scripts/bun.mjs` has fetched; null if there is none.
 * @param root of the workspace. The version is that of its types of Bun: the cache keeps older ones, too
 * @throws Error if `MANTOU_REQUIRE_BUN=1` demands one, or if `MANTOU_BUN` names no file
 */
export function findBun(root: string = ROOT): string | null {
  const named = process.env["MANTOU_BUN"] ?? "";
  if (named !== "") {
    if (!existsSync(named)) throw new Error(`MANTOU_BUN=${named}: the file does not exist`);
    return named;
  }
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly devDependencies: Readonly<Record<"bun-types", string>>;
  };
  const cache = join(root, ".cache", `bun-${devDependencies["bun-types"]}`);
  const found = builds(join(cache, "node_modules", "@oven"))
    .map((build) => join(build, "bin", "bun"))
    .find((path) => existsSync(path));
  if (found === undefined && process.env["MANTOU_REQUIRE_BUN"] === "1") {
    throw new Error("MANTOU_REQUIRE_BUN=1, but there is no Bun: `node scripts/bun.mjs` fetches it");
  }
  return found ?? null;
}

/** Calls a function in Bun, given as its source. Its argument and result are JSON. */
export function callInBun(bun: string, source: string, input: unknown): Promise<unknown> {
  const code = `console.log(JSON.stringify((${source})(${JSON.stringify(input)})))`;
  return new Promise((resolve, reject) => {
    const child = execFile(bun, ["run", "-"], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout));
      else reject(error);
    });
    child.stdin?.end(code);
  });
}

/** The builds for this machine. */
function builds(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.startsWith("bun-")).map((name) => join(folder, name));
}
