/** `mantou build server.ts --outdir dist`: programs and their pages, for production. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** Options of Bun that say what is done anyway. */
const WITHOUT_EFFECT = { production: "boolean", minify: "boolean", target: "string" } as const;

/** What only a runtime knows, by the modules that have it without one. */
const ALIASES = { "bun:sqlite": "@mantou/bun/sqlite", bun: "@mantou/bun" };
/** A program may use the global without an import. Under `mantou` it is there already. */
const BANNER = 'import $mantouBun from "@mantou/bun";\nglobalThis.Bun ??= $mantouBun;';

/** @returns exit code: 1 for sources that cannot be built, 2 for wrong options */
export async function build(args: readonly string[]): Promise<number> {
  let outdir: string | undefined;
  let entries: readonly string[];
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        outdir: { type: "string" },
        production: { type: WITHOUT_EFFECT.production },
        minify: { type: WITHOUT_EFFECT.minify },
        target: { type: WITHOUT_EFFECT.target },
      },
    });
    outdir = values.outdir;
    entries = positionals;
  } catch (error) {
    return fail((error as Error).message, 2);
  }
  if (entries.length === 0 || outdir === undefined)
    return fail("build needs programs or pages, and a folder: mantou build server.ts --outdir dist", 2);
  const { buildProgram } = await import("../global/pages.ts");
  try {
    const folder = resolve(outdir);
    const written = await buildProgram({ entries, folder, aliases: ALIASES, banner: BANNER });
    process.stdout.write(`${written.map((name) => `${outdir}/${name}`).join("\n")}\n`);
    return 0;
  } catch (error) {
    return fail((error as Error).message, 1);
  }
}

function fail(message: string, code: number): number {
  process.stderr.write(`mantou: ${message}\n`);
  return code;
}
