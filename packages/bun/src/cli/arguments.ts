import { parseArgs } from "node:util";

/** The command line of `mantou`, read and checked. */
export type Command =
  | { readonly do: "help" | "version" }
  | { readonly do: "fail"; readonly message: string }
  | {
      readonly do: "run";
      readonly file: string;
      readonly port: string | undefined;
      readonly hostname: string | undefined;
      /** `hot` runs changed modules again in the same process, `watch` in a new one. */
      readonly reload: "hot" | "watch" | undefined;
      /** The arguments of the program. */
      readonly rest: readonly string[];
    };

export const HELP = `mantou <file> [options] [-- arguments of the program]

Runs a program that was written for Bun, and serves its default export if that has a fetch function or routes.
It provides \`import … from "bun"\` and the global Bun. TypeScript needs no build.

  --port N       the port, if the program sets none (default: $BUN_PORT, $PORT, $NODE_PORT or 3000)
  --hostname H   the address, if a default export sets none (default: all addresses)
  --hot          runs changed files again, and keeps connections
  --watch        starts the program again when a file changes
  --version      prints the version
  --help         prints this

Exit code 2: the arguments are wrong.
`;

export function parseArguments(args: readonly string[]): Command {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return { do: "fail", message: (error as Error).message };
  }
  const { values, positionals } = parsed;
  if (values.help === true) return { do: "help" };
  if (values.version === true) return { do: "version" };
  const [file, ...rest] = positionals;
  if (file === undefined) return { do: "fail", message: "a file is required" };
  if (values.port !== undefined && !(/^\d{1,5}$/.test(values.port) && Number(values.port) <= 65_535)) {
    return {
      do: "fail",
      message: `--port must be a number from 0 to 65535, not ${JSON.stringify(values.port)}`,
    };
  }
  if (values.hot === true && values.watch === true) {
    return { do: "fail", message: "--hot and --watch exclude each other" };
  }
  const reload = values.hot === true ? "hot" : values.watch === true ? "watch" : undefined;
  return { do: "run", file, port: values.port, hostname: values.hostname, reload, rest };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: { type: "string" },
      hostname: { type: "string" },
      hot: { type: "boolean" },
      watch: { type: "boolean" },
      help: { type: "boolean", short: "h" },
      version: { type: "boolean", short: "v" },
    },
  });
}
