import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Explained } from "./judge.ts";
import type { Recordings } from "./run.ts";
import type { Area } from "./scenario.ts";

const folder = new URL("../expected/", import.meta.url);
/** Where Bun differs, place by place. */
const MISMATCHES = "differences-of-bun.json";
const mismatchFile = new URL(MISMATCHES, folder);

/** What Mantou does in the scenarios of an area. */
export function readRecordings(area: string): Recordings[string] {
  return JSON.parse(readFileSync(fileOf(area), "utf8")) as Recordings[string];
}

export function writeRecordings(recordings: Recordings): void {
  mkdirSync(folder, { recursive: true });
  for (const [area, recorded] of Object.entries(recordings)) writeJSON(fileOf(area), recorded);
}

/** The known mismatches in these scenarios. */
export function readMismatches(picked: readonly Area[]): Explained[] {
  const all = JSON.parse(readFileSync(mismatchFile, "utf8")) as Explained[];
  const names = new Set(
    picked.flatMap(({ area, scenarios }) => scenarios.map(({ name }) => `${area}: ${name}`)),
  );
  return all.filter(({ area, scenario }) => names.has(`${area}: ${scenario}`));
}

export function writeMismatches(mismatches: readonly Explained[]): void {
  // One line each: so they can be read, and compared with those of a later Bun.
  writeFileSync(
    mismatchFile,
    `[\n${mismatches.map((mismatch) => JSON.stringify(mismatch)).join(",\n")}\n]\n`,
  );
}

/** The names of the recorded areas. */
export function recordedAreas(): string[] {
  return readdirSync(folder)
    .filter((name) => name !== MISMATCHES)
    .sort();
}

export function fileName(area: string): string {
  return `${area.replace(/[^a-z]+/g, "-")}.json`;
}

function fileOf(area: string): URL {
  return new URL(fileName(area), folder);
}

function writeJSON(file: URL, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
