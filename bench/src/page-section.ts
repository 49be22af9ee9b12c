import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * docs/benchmarks.md is written by several programs: each replaces its own part and keeps the others', each of which stands
 * between two comments.
 */

/** The programs that write a section, in the order in which these stand. */
const programs = {
  profile: "bench/dist/profile/main.js",
  startup: "bench/dist/startup/main.js",
  idle: "bench/dist/idle/main.js",
  micro: "bench/dist/micro/main.js",
  backplane: "extra/backplane-bench/main.mjs",
  history: "extra/backplane-bench/history/main.mjs",
} as const;

export type SectionWriter = keyof typeof programs;

const writers = Object.keys(programs) as readonly SectionWriter[];

const begin = (writer: SectionWriter): string => `<!-- begin: written by ${programs[writer]} -->`;
const end = (writer: SectionWriter): string => `<!-- end: written by ${programs[writer]} -->`;

/** The part of the page that the program wrote, comments included; "" if there is none. */
export function sectionOf(page: string, writer: SectionWriter): string {
  const from = page.indexOf(begin(writer));
  const to = page.indexOf(end(writer));
  return from < 0 || to < from ? "" : page.slice(from, to + end(writer).length);
}

/** The page with this text as the program's section: in its place if there is one, else at the end. */
export function withSection(page: string, writer: SectionWriter, text: string): string {
  const marked = `${begin(writer)}\n\n${text.trim()}\n\n${end(writer)}`;
  const old = sectionOf(page, writer);
  // A function, since "$&" in a replacement would mean something.
  if (old !== "") return page.replace(old, () => marked);
  return `${page.trimEnd()}${page.trim() === "" ? "" : "\n\n"}${marked}\n`;
}

/** The page without the sections of all these programs. */
export function withoutSections(page: string): string {
  return writers.reduce((rest, writer) => rest.replace(sectionOf(rest, writer), ""), page);
}

/** The page written anew, with the sections that the old one had. */
export function keepingSections(page: string, old: string): string {
  const kept = writers.map((writer) => sectionOf(old, writer)).filter((section) => section !== "");
  return kept.length === 0 ? page : `${[page.trimEnd(), ...kept].join("\n\n")}\n`;
}

/** Replaces the program's section of the file, which is made if it is not there. @param out its path (default: docs/benchmarks.md) */
export function writeSection(writer: SectionWriter, text: string, out: string | undefined): void {
  const target = out ?? fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));
  const page = existsSync(target) ? readFileSync(target, "utf8") : "";
  writeFileSync(target, withSection(page, writer, text));
  console.log(`wrote ${target}`);
}
