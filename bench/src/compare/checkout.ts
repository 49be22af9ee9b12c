import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../arguments.ts";
import { CommandError, runToEnd } from "../processes.ts";

/** Another commit of this repository, installed and built in a folder of its own. */

/** The repository this file is in. */
const ownRoot = dirname(fileURLToPath(new URL("../../", import.meta.url)));

/** Seconds that an installation or a build may take, on a busy machine. */
const limit = 900;

/** What is started to serve, below a built repository, and what that is built from. */
const source = join("bench", "src", "servers", "mantou.ts");
const server = join("bench", "dist", "servers", "mantou.js");

export interface Checkout {
  /** The folder of its `bench`. */
  readonly bench: string;
  remove(): void;
}

/** The commit that git means by `ref`, in full. @throws UsageError when there is none. */
export function findCommit(ref: string, root: string = ownRoot): string {
  try {
    const asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
    return execFileSync("git", asked, { cwd: root, encoding: "utf8", timeout: 10_000, stdio: "pipe" }).trim();
  } catch (error) {
    const output = String((error as { stderr?: unknown }).stderr ?? "").trim();
    throw new UsageError(
      `--compare: git knows no commit "${ref}"${output === "" ? "" : ` (${output})`}`,
      "brief",
    );
  }
}

/**
 * Installs and builds what the repository was at `commit`. The folder goes when `remove` is called, or when this process ends.
 *
 * @throws Error with the output of the step that failed
 */
export async function checkOut(
  commit: string,
  say: (doing: string) => void,
  root: string = ownRoot,
): Promise<Checkout> {
  const folder = mkdtempSync(join(tmpdir(), "mantou-compare-"));
  const remove = (): void => {
    process.off("exit", remove);
    // Processes that were killed just now may still be writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.on("exit", remove);
  const step = async (doing: string, command: readonly string[], where = folder): Promise<void> => {
    say(doing);
    try {
      await runToEnd(command, limit, { folder: where, family: true });
    } catch (error) {
      const output = error instanceof CommandError ? error.output.trim() : "";
      throw new Error(`${doing} failed: ${[output, (error as Error).message].filter(Boolean).join("\n")}`);
    }
  };
  try {
    const archive = join(folder, "archive.tar");
    await step("reading the commit", ["git", "archive", `--output=${archive}`, commit], root);
    await step("unpacking it", ["tar", "--extract", `--file=${archive}`]);
    rmSync(archive);
    if (!existsSync(join(folder, source)))
      throw new Error(`it has no ${source}: it is too old to be compared`);
    const pnpm = findPnpm();
    await step("installing it", [...pnpm, "install", "--frozen-lockfile", "--prefer-offline"]);
    await step("building it", [...pnpm, "--filter", "@mantou/bench...", "run", "build"]);
    if (!existsSync(join(folder, server)))
      throw new Error(`it has no ${server}: it is too old to be compared`);
    return { bench: join(folder, "bench"), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** As CONTRIBUTING.md says: pnpm 12 where it is installed, or else as npx brings it. */
function findPnpm(): readonly string[] {
  try {
    const version = execFileSync("pnpm", ["--version"], { encoding: "utf8", timeout: 60_000, stdio: "pipe" });
    if (version.startsWith("12.")) return ["pnpm"];
  } catch {
    // There is none.
  }
  return ["npx", "-y", "pnpm@12"];
}
