import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "./arguments.ts";
import type { Results } from "./results.ts";

/** @throws UsageError when there is no such file, or it is not the file of a run of this version. */
export function readResults(path: string): Results {
  let results: Results | undefined;
  try {
    results = JSON.parse(readFileSync(path, "utf8")) as Results;
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
  if (results?.format !== 3 || "compared" in results) {
    throw new UsageError(`${path} is not written by --json or --resume of this version`);
  }
  return results;
}

/** Writes beside the file and renames: a run that is killed meanwhile leaves what the file had before. */
export function writeResults(path: string, results: Results): void {
  const unfinished = `${path}.unfinished`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(unfinished, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(unfinished, path);
}
