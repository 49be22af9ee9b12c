import { readdirSync, readFileSync } from "node:fs";

const DOCS = new URL("../../../../node_modules/bun-types/docs/guides/", import.meta.url);

/** The names of the guides in a folder. */
export function guidesOf(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, DOCS)).map((file) => file.replace(/\.mdx$/, ""));
}

/** The blocks of code in a guide: TypeScript and JavaScript. Commands of a shell, and what they print, are no code. */
export function blocksOf(folder: string, guide: string): string[] {
  const text = readFileSync(new URL(`${folder}/${guide}.mdx`, DOCS), "utf8");
  return [...text.matchAll(/^```(?:ts|js|tsx|jsx)\b[^\n]*\n(.*?)^```/gms)].map(([, code]) => code ?? "");
}
