import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import { dirname } from "node:path";
import type { Contestant } from "./contestants.ts";
import type { Pinning } from "./cores.ts";
import type { Round } from "./measure.ts";

/** What every run records to be repeated or doubted. */
export interface RunRecord {
  /** ISO 8601, when the run began. */
  readonly date: string;
  /** The command line; of a file that several runs have added to, one on each line. */
  readonly command: string;
  readonly machine: Machine;
  /** Version by name: the runtimes, the load generator and each contestant that is a package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
}

/** What `--json` and `--resume` write: everything that a table is made of. */
export interface Results extends RunRecord {
  readonly format: 3;
  readonly pinning: Pinning;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly scenarios: readonly ScenarioResult[];
}

export interface ScenarioResult {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** What sent the load, such as `wrk`. */
  readonly load: string;
  /** The contestant that ratios are to. */
  readonly base: string;
  /** ISO 8601, when its first round began: the scenarios of a file may be of different days. */
  readonly date: string;
  /** The commit whose build was measured, such as `1648f86` or `1648f86 with changes`; "" outside of a git checkout. */
  readonly commit: string;
  /** Whether it was measured with `--latency`, and with `--allocations`. */
  readonly latency: boolean;
  readonly allocations: boolean;
  readonly contestants: readonly ContestantResult[];
}

export interface ContestantResult {
  readonly name: string;
  readonly kind: "server" | "limit";
  /** One entry for each round, in order; `null` where the round failed. */
  readonly rounds: readonly (Round | null)[];
  /** Rounds that were measured again because others used the cores, see `leastDisturbed`. Not part of any table. */
  readonly discarded: readonly Round[];
  /** Rounds under a fixed rate, with `--latency`. */
  readonly paced?: Paced;
  /** Bytes for each operation on V8's heap, with `--allocations`, where the runtime counts them. */
  readonly allocated?: number;
  /** The first failure, if any. */
  readonly error?: string;
}

export interface Paced {
  /** Operations a second that were asked for. */
  readonly rate: number;
  /** Empty where they are more than the contestant can. */
  readonly rounds: readonly (Round | null)[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly kernel: string;
  readonly platform: string;
}

export function describeMachine(): Machine {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? "unknown",
    cores: cpus.length,
    memory: os.totalmem(),
    kernel: os.release(),
    platform: `${os.platform()} ${os.arch()}`,
  };
}

/** The versions of the packages among the contestants. */
export function plainVersions(taking: readonly Pick<Contestant, "versionOf">[]): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const { versionOf } of taking) {
    if (versionOf !== undefined) versions[versionOf] ??= installedVersion(versionOf);
  }
  return versions;
}

/** The same, ours with the commit it was built from. */
export function packageVersions(taking: readonly Pick<Contestant, "versionOf">[]): Record<string, string> {
  const commit = currentCommit();
  const versions = plainVersions(taking);
  for (const [name, version] of Object.entries(versions)) {
    if (name.startsWith("@mantou/") && commit !== "") versions[name] = `${version} (${commit})`;
  }
  return versions;
}

function installedVersion(name: string): string {
  try {
    const path = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
  } catch (error) {
    // The rounds of a missing contestant report its failure; here it only has no version.
    return `unknown (${(error as Error).message.split("\n", 1)[0]})`;
  }
}

/** See `ScenarioResult.commit`. */
export function currentCommit(): string {
  const run = (...args: string[]): string => {
    const cwd = dirname(dirname(import.meta.dirname));
    return execFileSync("git", args, { cwd, encoding: "utf8", timeout: 5_000, stdio: "pipe" }).trim();
  };
  try {
    const changed = run("status", "--porcelain", "--", "packages") === "" ? "" : " with changes";
    return `${run("rev-parse", "--short", "HEAD")}${changed}`;
  } catch {
    // Not a git checkout.
    return "";
  }
}
