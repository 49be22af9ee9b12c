import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { BACKPLANE_PACKAGE, BACKPLANE_VARIABLE, findBackplane } from "../options/backplane-package.ts";
import type { WorkerCommand } from "./worker-process.ts";

/** Bytes. In front of the hub's socket another name stands while it is bound, and the system takes little more than a hundred. */
const LONGEST_FOLDER = 80;

/** What is used of the package. */
interface LocalPackage {
  openHub(path: string, onDown: () => void, signal: AbortSignal): Promise<{ close(): Promise<void> }>;
}

/**
 * Connects the topics of the workers, over a Unix socket in a folder of their own. This process is the hub, since it outlives each of them; if it
 * cannot be, one of them is.
 */
export class WorkersHub {
  /** The variable by which the workers' servers find the hub. */
  readonly env: NodeJS.ProcessEnv;
  readonly #folder: string;
  /** Without memory for more files, for example, there may never be a hub. */
  readonly #giveUp = new AbortController();
  readonly #hub: Promise<{ close(): Promise<void> } | null>;

  constructor(folder: string, module: string) {
    const path = join(folder, "hub");
    this.#folder = folder;
    this.env = { [BACKPLANE_VARIABLE]: `unix:${path}` };
    this.#hub = import(pathToFileURL(module).href)
      .then((found) => (found as LocalPackage).openHub(path, () => {}, this.#giveUp.signal))
      .catch(() => null);
  }

  /** Resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#giveUp.abort();
    try {
      await (await this.#hub)?.close();
    } catch {
      // Nothing depends on it any more.
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * @param log gets a line if there can be no hub: the program runs, and a topic of it ends at its worker
 * @returns null then, and if the environment names a backplane or turns it off; "missing" if the program has not installed the package
 */
export function openWorkersHub(
  command: Omit<WorkerCommand, "isApart">,
  log: (line: string) => void,
): WorkersHub | "missing" | null {
  if (command.env[BACKPLANE_VARIABLE] !== undefined) return null;
  const module = findPackage(command);
  if (module === null) return "missing";
  try {
    return new WorkersHub(makeFolder(), module);
  } catch (error) {
    log(
      `The topics of the workers are not connected: ${(error as Error).message}. Set TMPDIR to a folder for it, or ${BACKPLANE_VARIABLE} to another backplane or "off"`,
    );
    return null;
  }
}

/** @throws Error if there can be no socket in the folder for temporary files */
function makeFolder(): string {
  const folder = tmpdir();
  if (Buffer.byteLength(folder) > LONGEST_FOLDER)
    throw new Error(`the path ${folder} is too long for a Unix socket`);
  return mkdtempSync(join(folder, "mantou-"));
}

/** Looks where the servers of the workers look: beside the program, which for `mantou` is one of the arguments, and in the working directory. */
function findPackage({ file, args, cwd = "" }: Omit<WorkerCommand, "isApart">): string | null {
  const programs = [file, ...args.filter((arg) => !arg.startsWith("-")), "main.js"];
  return findBackplane(
    `${BACKPLANE_PACKAGE}/local`,
    programs.map((name) => resolve(cwd, name)),
  );
}
