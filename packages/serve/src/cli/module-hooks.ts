/** How modules are found and read when `mantou` runs a program, whichever way this Node.js has to be told. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** Our own module in place of Bun's. */
const BUN: string = new URL("../bun.js", import.meta.url).href;
/** Marks a module's URL with the number of the reload that it belongs to: another URL is another module. */
const HOT = /[?&]hot=(\d+)$/;
const TYPESCRIPT = /\.[mc]?ts$/;

/** Whether this Node.js reads TypeScript by itself: 22.18, 23.6 and newer. */
export const hasTypeScript: boolean =
  ((process.features as { typescript?: false | string }).typescript ?? false) !== false;

/** The URL that a specifier always has here, or null. */
export function replacedURL(specifier: string): string | null {
  return specifier === "bun" ? BUN : null;
}

/** The URL of a module of the program itself, as the reload knows it that its importer belongs to. */
export function markedURL(url: string, importer: string | undefined): string {
  const round = HOT.exec(importer ?? "")?.[1];
  const isOurs = url.startsWith("file:") && !url.includes("/node_modules/");
  if (round === undefined || !isOurs || HOT.test(url)) return url;
  return `${url}${url.includes("?") ? "&" : "?"}hot=${round}`;
}

/** The JavaScript of a TypeScript module, for a Node.js that cannot read it; null for anything else. */
export function strippedSource(url: string): string | null {
  const [path = ""] = url.split("?");
  if (hasTypeScript || !path.startsWith("file:") || !TYPESCRIPT.test(path)) return null;
  // Loaded only where it is needed.
  const { transformSync } = createRequire(import.meta.url)("amaro") as Amaro;
  return transformSync(readFileSync(fileURLToPath(path), "utf8"), { mode: "strip-only" }).code;
}

/** What we use of it; the package has no types. */
interface Amaro {
  transformSync(source: string, options: { readonly mode: "strip-only" }): { readonly code: string };
}
