import { constants } from "node:os";
import { loaderFault } from "../loader/data/extension-loaders.ts";
import type { JSXSettings } from "../loader/transform/jsx-settings.ts";
import { ABSENT_COMMANDS } from "./help.ts";
import type { Flag, Value } from "./known-options.ts";
import { OptionReader } from "./options.ts";

/** What holds for each program, however it is named. */
export interface Settings {
  readonly port: string | undefined;
  readonly hostname: string | undefined;
  /** The URL of what connects the topics of all instances. */
  readonly backplane: string | undefined;
  /** `hot` runs changed modules again in the same process, `watch` in a new one. */
  readonly reload: "hot" | "watch" | undefined;
  /** How many processes serve; undefined for this one. */
  readonly workers: number | "auto" | undefined;
  /** Seconds between SIGTERM and the end of listening. */
  readonly grace: number;
  readonly clearsScreen: boolean;
  /** Before `--watch` starts a program again, it gets this signal. */
  readonly killSignal: NodeJS.Signals;
  readonly preload: readonly string[];
  /** Names and the expressions that replace them. */
  readonly define: Readonly<Record<string, string>>;
  /** Loaders by extension. */
  readonly loader: Readonly<Record<string, string>>;
  readonly jsx: JSXSettings;
  readonly consoleDepth: number | undefined;
  readonly smol: boolean;
  readonly tsconfig: string | undefined;
  readonly shell: "bun" | "system" | undefined;
  /** Values of `--env-file`; undefined for the files of the mode. */
  readonly envFiles: readonly string[] | undefined;
  readonly readsEnvFiles: boolean;
  readonly cwd: string | undefined;
  readonly config: string | undefined;
  readonly isSilent: boolean;
  readonly ifPresent: boolean;
  /** Scripts find this command as `node`. */
  readonly replacesNode: boolean;
  /** Options for Node.js itself. */
  readonly node: readonly string[];
  /** Lines about options that have no effect. */
  readonly notes: readonly string[];
}

/** The command line of `mantou`, read and checked. */
export type Command =
  | { readonly do: "help" | "version" | "revision" }
  | { readonly do: "fail"; readonly message: string }
  /** A command of Bun that is not there. */
  | {
      readonly do: "absent";
      readonly name: string;
      readonly instead: string;
      readonly rest: readonly string[];
      readonly settings: Settings;
    }
  /** Programs and pages are built: the arguments of `build`. */
  | { readonly do: "build"; readonly rest: readonly string[] }
  | {
      readonly do: "run";
      readonly target: string;
      /** Behind `run` scripts come before files. */
      readonly isRun: boolean;
      /** The arguments of the program. */
      readonly rest: readonly string[];
      readonly settings: Settings;
    }
  | {
      readonly do: "evaluate";
      /** Null: it is on standard input. */
      readonly code: string | null;
      readonly prints: boolean;
      readonly rest: readonly string[];
      readonly settings: Settings;
    };

/** A command that runs code. */
export type Runnable = Extract<Command, { readonly do: "run" | "evaluate" }>;

export function parseArguments(args: readonly string[]): Command {
  try {
    return readCommand(args);
  } catch (error) {
    return { do: "fail", message: (error as Error).message };
  }
}

function readCommand(args: readonly string[]): Command {
  const { flags, values, node, notes, rest: all, isRun } = new OptionReader(args).read();
  for (const name of ["help", "version", "revision"] as const) if (flags.has(name)) return { do: name };
  const settings = readSettings(flags, values, node, notes);
  const printed = values.get("print")?.at(-1);
  const code = printed ?? values.get("eval")?.at(-1);
  if (code !== undefined) return { do: "evaluate", code, prints: printed !== undefined, rest: all, settings };
  const [target, ...behind] = all;
  if (target === undefined || target === "") return { do: "help" };
  const rest = behind[0] === "--" ? behind.slice(1) : behind;
  if (target === "-") return { do: "evaluate", code: null, prints: false, rest, settings };
  if (target === "build" && !isRun) return { do: "build", rest };
  const instead = isRun ? undefined : ABSENT_COMMANDS.get(target);
  if (instead !== undefined) return { do: "absent", name: target, instead, rest, settings };
  return { do: "run", target, isRun, rest, settings };
}

function readSettings(
  flags: ReadonlySet<Flag>,
  values: ReadonlyMap<Value, readonly string[]>,
  node: readonly string[],
  notes: readonly string[],
): Settings {
  const last = (name: Value): string | undefined => values.get(name)?.at(-1);
  const port = last("port");
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535))
    throw new Error(`--port must be a number from 0 to 65535, not ${JSON.stringify(port)}`);
  if (flags.has("hot") && flags.has("watch")) throw new Error("--hot and --watch exclude each other");
  const reload = flags.has("hot") ? "hot" : flags.has("watch") ? "watch" : undefined;
  return {
    port,
    hostname: last("hostname"),
    backplane: last("backplane"),
    reload,
    workers: readWorkers(last("workers"), reload, node),
    grace: readGrace(last("grace") ?? "0"),
    clearsScreen:
      !flags.has("noClearScreen") &&
      !/^(?:1|true)$/i.test(process.env["BUN_CONFIG_NO_CLEAR_TERMINAL_ON_RELOAD"] ?? ""),
    killSignal: readSignal(last("watchKillSignal") ?? "SIGTERM"),
    preload: values.get("preload") ?? [],
    define: Object.fromEntries((values.get("define") ?? []).map(readDefine)),
    loader: Object.fromEntries((values.get("loader") ?? []).map(readLoader)),
    jsx: readJSX(last),
    consoleDepth: readDepth(last("consoleDepth")),
    smol: flags.has("smol"),
    tsconfig: last("tsconfig"),
    shell: readShell(last("shell")),
    envFiles: values.get("envFile"),
    readsEnvFiles: !flags.has("noEnvFile"),
    cwd: last("cwd"),
    config: last("config"),
    isSilent: flags.has("silent"),
    ifPresent: flags.has("ifPresent"),
    replacesNode: flags.has("bun"),
    node,
    notes,
  };
}

/** A program that starts again when its files change is one process, with or without `--workers 1`. */
function readWorkers(
  text: string | undefined,
  reload: Settings["reload"],
  node: readonly string[],
): Settings["workers"] {
  if (text === undefined) return undefined;
  const isNumber = /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1024;
  if (text !== "auto" && !isNumber)
    throw new Error(`--workers must be auto or a number from 1 to 1024, not ${JSON.stringify(text)}`);
  if (isNumber && Number(text) === 1) return reload === undefined ? 1 : undefined;
  if (reload !== undefined)
    throw new Error(`--${reload} runs one process: leave --workers out, or say --workers 1`);
  const inspector = node.find((option) => option.startsWith("--inspect"));
  if (inspector !== undefined)
    throw new Error(`${inspector} opens one port, which several workers cannot share: say --workers 1`);
  return text === "auto" ? "auto" : Number(text);
}

function readGrace(text: string): number {
  if (!/^\d{1,5}(?:\.\d{1,3})?$/.test(text) || Number(text) > 86_400)
    throw new Error(`--grace must be a number of seconds from 0 to 86400, not ${JSON.stringify(text)}`);
  return Number(text);
}

function readSignal(name: string): NodeJS.Signals {
  if (!Object.hasOwn(constants.signals, name))
    throw new Error(`--watch-kill-signal must be the name of a signal, such as SIGINT, not ${name}`);
  return name as NodeJS.Signals;
}

/** `.extension:loader`. */
function readLoader(text: string): [string, string] {
  const separator = text.indexOf(":");
  const [extension, name] = [text.slice(0, separator), text.slice(separator + 1)];
  if (separator < 0)
    throw new Error(`--loader needs an extension and a loader, as in --loader .md:text, not ${text}`);
  const fault = loaderFault(extension, name);
  if (fault !== null) throw new Error(`--loader ${text}: ${fault}`);
  return [extension, name];
}

function readJSX(last: (name: Value) => string | undefined): JSXSettings {
  const [jsxFactory, jsxFragmentFactory] = [last("jsxFactory"), last("jsxFragment")];
  const [jsxImportSource, runtime] = [last("jsxImportSource"), last("jsxRuntime")];
  if (runtime !== undefined && runtime !== "automatic" && runtime !== "classic")
    throw new Error(`--jsx-runtime must be automatic or classic, not ${runtime}`);
  return {
    ...(runtime === "classic" && { jsx: "react" }),
    ...(runtime === "automatic" && { jsx: "react-jsxdev" }),
    ...(jsxFactory !== undefined && { jsxFactory }),
    ...(jsxFragmentFactory !== undefined && { jsxFragmentFactory }),
    ...(jsxImportSource !== undefined && { jsxImportSource }),
  };
}

function readDepth(text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d{1,5}$/.test(text))
    throw new Error(`--console-depth must be a number from 0, which stands for any depth, not ${text}`);
  return text === undefined ? undefined : Number(text);
}

function readShell(name: string | undefined): Settings["shell"] {
  if (name !== undefined && name !== "bun" && name !== "system")
    throw new Error(`--shell must be bun or system, not ${name}`);
  return name;
}

/** `NAME=value` or `NAME:value`. */
function readDefine(text: string): [string, string] {
  const separator = text.search(/[=:]/);
  if (separator < 1) throw new Error(`--define needs a name and a value, as in --define NAME=1, not ${text}`);
  return [text.slice(0, separator), text.slice(separator + 1)];
}
