/** Code of `-e`, `-p` and standard input, as a module that stands in no file. */
import { join } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { inspect } from "node:util";
import { setVirtualModule } from "../loader/resolve/virtual-module.ts";

/** The name under which the code of `-p` gives its last value to this process. */
const PRINT = "__mantouPrint";

/**
 * Prepares the module.
 * @param code null for standard input
 * @returns its path, which no file has
 */
export async function evaluatedModule(code: string | null, prints: boolean): Promise<string> {
  const path = join(process.cwd(), code === null ? "[stdin]" : "[eval]");
  const source = code ?? (await readAll(process.stdin));
  setVirtualModule(path, prints ? await printing(source) : source);
  return path;
}

/** The module that serves pages, without a file. */
export function pagesProgram(files: readonly string[], isEchoed: boolean): string {
  const path = join(process.cwd(), "[eval]");
  const from = JSON.stringify(new URL("./pages.js", import.meta.url).href);
  setVirtualModule(
    path,
    `import { servePages } from ${from};\nservePages(${JSON.stringify(files)}, ${isEchoed});`,
  );
  return path;
}

async function print(given: unknown): Promise<void> {
  const value = await given;
  const text = typeof value === "string" ? value : inspect(value, { colors: process.stdout.isTTY });
  process.stdout.write(`${text}\n`);
}

/** The code with a call that prints the value of its last statement, if that is an expression. */
async function printing(code: string): Promise<string> {
  (globalThis as Record<string, unknown>)[PRINT] = print;
  const { transformSync } = await import("oxc-transform");
  const isValid = (text: string): boolean =>
    transformSync("eval.ts", text, { lang: "ts", sourceType: "module" }).errors.length === 0;
  const call = (expression: string): string => `await ${PRINT}(\n${expression}\n);`;
  const trimmed = code.replace(/[\s;]+$/, "");
  // Where the last statement begins is not known: the longest rest that is one expression is it.
  const starts = [0, ...[...trimmed.matchAll(/[;\n}]/g)].map(({ index }) => index + 1)];
  for (const start of starts) {
    const [before, rest] = [trimmed.slice(0, start), trimmed.slice(start)];
    if (rest.trim() === "" || !isValid(`async () => (\n${rest}\n)`)) continue;
    const text = `${before};${call(rest)}`;
    if (isValid(text)) return text;
  }
  return code;
}
