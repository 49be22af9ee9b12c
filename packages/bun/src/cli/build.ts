/** `mantou build server.ts --outdir dist`: programs and their pages, for production. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ProgramBuild } from "@mantou/html";
import { SOURCE_MAPS } from "../config/page-settings.ts";

/** As in Bun, `--sourcemap` alone. */
const DEFAULT_SOURCE_MAP = "linked";
/** What the program is built for. */
const TARGETS = ["bun", "node"];
/** Names of Bun's modules and of CommonJS, by those that ES modules of Node.js have. */
const DEFINE = {
  "import.meta.dir": "import.meta.dirname",
  "import.meta.path": "import.meta.filename",
  __dirname: "import.meta.dirname",
  __filename: "import.meta.filename",
};

const OPTIONS = {
  outdir: { type: "string" },
  target: { type: "string" },
  production: { type: "boolean" },
  minify: { type: "boolean" },
  sourcemap: { type: "string" },
  env: { type: "string" },
  packages: { type: "string" },
  external: { type: "string", multiple: true },
} as const;

interface Request {
  readonly outdir: string;
  readonly entries: readonly string[];
  readonly isProduction: boolean;
  readonly isMinified: boolean;
  readonly sourcemap: ProgramBuild["sourcemap"];
  readonly env: string | undefined;
  readonly bundlesPackages: boolean;
  readonly external: readonly string[];
}

/** @returns exit code: 1 for sources that cannot be built, 2 for wrong options */
export async function build(args: readonly string[]): Promise<number> {
  let request: Request;
  try {
    request = read(args);
  } catch (error) {
    return fail((error as Error).message, 2);
  }
  try {
    const written = await run(request);
    process.stdout.write(`${written.map((name) => `${request.outdir}/${name}`).join("\n")}\n`);
    return 0;
  } catch (error) {
    return fail((error as Error).message, 1);
  }
}

/** @throws Error that names the option */
function read(args: readonly string[]): Request {
  const { values, positionals } = parseArgs({
    args: args.map((arg) => (arg === "--sourcemap" ? `--sourcemap=${DEFAULT_SOURCE_MAP}` : arg)),
    allowPositionals: true,
    options: OPTIONS,
  });
  const { outdir, target = "bun", production = false, sourcemap = "none", packages = "bundle", env } = values;
  if (positionals.length === 0 || outdir === undefined)
    throw new Error("build needs programs or pages, and a folder: mantou build server.ts --outdir dist");
  const arePages = positionals.every((entry) => entry.endsWith(".html"));
  check("target", target, arePages ? [...TARGETS, "browser"] : TARGETS);
  check("sourcemap", sourcemap, Object.keys(SOURCE_MAPS));
  check("packages", packages, ["bundle", "external"]);
  if (env !== undefined && !env.includes("*")) check("env", env, ["inline", "disable", "PREFIX_*"]);
  return {
    outdir,
    entries: positionals,
    isProduction: production,
    isMinified: values.minify ?? production,
    sourcemap: SOURCE_MAPS[sourcemap as keyof typeof SOURCE_MAPS],
    env,
    bundlesPackages: packages === "bundle",
    external: values.external ?? [],
  };
}

function check(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value))
    throw new Error(`--${name} must be ${allowed.join(" or ")}, and not ${JSON.stringify(value)}`);
}

async function run({ outdir, entries, isProduction, isMinified, ...request }: Request): Promise<string[]> {
  const { prepareEnvironment } = await import("../config/prepare.ts");
  const { keepPageSettings } = await import("../config/page-settings.ts");
  const { static: settings } = prepareEnvironment();
  keepPageSettings({
    plugins: settings.plugins,
    env: (request.env ?? settings.env) as typeof settings.env,
    sourcemap: request.sourcemap === false ? settings.sourcemap : request.sourcemap,
  });
  // The plugins are programs for Bun.
  await import("../global/install.ts");
  (await import("../loader/hooks/register-hooks.ts")).registerModuleHooks();
  const { buildProgram } = await import("../global/pages.ts");
  const { RUNTIME_BANNER, runtimeImports } = await import("./runtime-imports.ts");
  const { dataImports, typedImports } = await import("../loader/bundler/bundled-data.ts");
  return buildProgram({
    entries,
    folder: resolve(outdir),
    plugins: [runtimeImports(), dataImports("program"), typedImports()],
    banner: RUNTIME_BANNER,
    define: { ...DEFINE, ...(isProduction && { "process.env.NODE_ENV": '"production"' }) },
    bundlesPackages: request.bundlesPackages,
    external: request.external,
    minify: isMinified,
    sourcemap: request.sourcemap,
  });
}

function fail(message: string, code: number): number {
  process.stderr.write(`mantou: ${message}\n`);
  return code;
}
