import { readFileSync, writeFileSync } from "node:fs";
import { differences } from "./differences/index.ts";

const page = new URL("../../docs/differences-from-bun.md", import.meta.url);
const BEGIN = "<!-- parity: made of parity/src/differences/ by `pnpm parity --update` -->\n";
const END = "<!-- /parity -->\n";

/** The page with the table of the differences. @throws Error if the page has no place for it */
export function tableOn(text: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error("docs/differences-from-bun.md has no place for the table");
  const rows = differences.flatMap(({ what, row }) =>
    row === undefined ? [] : [`| ${what} | ${row.bun} | ${row.mantou} | ${row.why} |\n`],
  );
  const table = ["\n| what | Bun 1.4.5 | Mantou | why |\n", "|---|---|---|---|\n", ...rows, "\n"].join("");
  return text.slice(0, begin) + BEGIN + table + text.slice(end);
}

export function readPage(): string {
  return readFileSync(page, "utf8");
}

export function writeTable(): void {
  writeFileSync(page, tableOn(readPage()));
}
