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

Runs a program that was written for Bun.serve. If the file has a default export with a fetch function or routes, that
is served; \`import … from "bun"\` and the global Bun are ours. TypeScript needs no build.

  --port N       the port, where the program does not say; else $BUN_PORT, $PORT, $NODE_PORT, 3000
  --hostname H   the address, where a default export does not say
  --hot          run changed files again, and keep connections
  --watch        start again when a file changes
  --version
  --help
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
  if (file === undefined) return { do: "fail", message: "Which file?" };
  if (values.port !== undefined && !(/^\d{1,5}$/.test(values.port) && Number(values.port) <= 65_535)) {
    return {
      do: "fail",
      message: `--port must be a number from 0 to 65535, not ${JSON.stringify(values.port)}`,
    };
  }
  if (values.hot === true && values.watch === true) {
    return { do: "fail", message: "--hot and --watch are two ways to do the same: choose one" };
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
