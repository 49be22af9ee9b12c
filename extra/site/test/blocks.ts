import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A block of code of a page. */
export interface Block {
  /** The page and the number of the block on it. */
  readonly name: string;
  readonly language: string;
  readonly code: string;
  /** What a test does with it; `ignore` has a reason. */
  readonly kind: "run" | "compile" | "quick start" | "ignore" | "unmarked";
  readonly reason: string;
}

const FENCE = /^```(\w+)(?: ([^\n]*))?\n(.*?)^```$/gms;

const folder = fileURLToPath(new URL("../pages/", import.meta.url));

/** The blocks of all pages. */
export function blocks(): Block[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .sort()
    .flatMap((page) =>
      [...readFileSync(`${folder}${page}`, "utf8").matchAll(FENCE)].map(
        ([, language = "", info = "", code = ""], index) => ({
          name: `${page.replace(/\.md$/, "").replaceAll("/", "-")}-${index + 1}`,
          language,
          code,
          ...kindOf(language, info, code),
        }),
      ),
    );
}

function kindOf(language: string, info: string, code: string): Pick<Block, "kind" | "reason"> {
  const reason = /^ignore: (.+)$/.exec(info)?.[1] ?? "";
  if (reason !== "") return { kind: "ignore", reason };
  // `pnpm release:dry start` follows these, with the packed packages.
  if (info === "run" || info.startsWith("file=")) return { kind: "quick start", reason: "" };
  if (language !== "ts") return { kind: "unmarked", reason: "" };
  return { kind: /\bassert\b.*\(/.test(code) ? "run" : "compile", reason: "" };
}
