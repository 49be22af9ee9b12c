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
  openHub(path: string): Promise<{ close(): Promise<void> }>;
}

/**
 * Connects the topics of the workers, over a Unix socket in a folder of their own. This process is the hub, since it outlives each of them; if it
 * cannot be, one of them is.
 */
export class WorkersHub {
  /** The variable by which the workers' servers find the hub. */
  readonly env: NodeJS.ProcessEnv;
  readonly #folder: string;
  readonly #hub: Promise<{ close(): Promise<void> } | null>;

  constructor(folder: string, module: string) {
    const path = join(folder, "hub");
    this.#folder = folder;
    this.env = { [BACKPLANE_VARIABLE]: `unix:${path}` };
    this.#hub = import(pathToFileURL(module).href)
      .then((found) => (found as LocalPackage).openHub(path))
      .catch(() => null);
  }

  /** Resolves when nothing of it is left. */
  async close(): Promise<void> {
    try {
      await (await this.#hub)?.close();
    } catch {
      // Nothing depends on it any more.
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** @returns null if the environment names a backplane or turns it off, or if the program has not installed the package */
export function openWorkersHub(command: WorkerCommand): WorkersHub | null {
  if (command.env[BACKPLANE_VARIABLE] !== undefined) return null;
  const module = findPackage(command);
  if (module === null || Buffer.byteLength(tmpdir()) > LONGEST_FOLDER) return null;
  return new WorkersHub(mkdtempSync(join(tmpdir(), "mantou-")), module);
}

/** Looks where the servers of the workers look: beside the program, which for `mantou` is one of the arguments, and in the working directory. */
function findPackage({ file, args, cwd = "" }: WorkerCommand): string | null {
  const programs = [file, ...args.filter((arg) => !arg.startsWith("-")), "main.js"];
  return findBackplane(
    `${BACKPLANE_PACKAGE}/local`,
    programs.map((name) => resolve(cwd, name)),
  );
}
