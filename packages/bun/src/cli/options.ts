/** The options of the command, and those that Node.js has under the same name. */

/** Which option of Bun it is; `null` stands for one that has no effect here. */
type Option =
  | { readonly is: "flag"; readonly key: Flag | null }
  | { readonly is: "value"; readonly key: Value | null }
  /** For Node.js: `value` is whether a value belongs to it; one behind `=` may. */
  | { readonly is: "node"; readonly value: boolean };

export type Flag =
  | "help"
  | "version"
  | "revision"
  | "hot"
  | "watch"
  | "noClearScreen"
  | "silent"
  | "ifPresent"
  | "bun"
  | "noEnvFile";
export type Value =
  | "port"
  | "hostname"
  | "preload"
  | "eval"
  | "print"
  | "define"
  | "envFile"
  | "watchKillSignal"
  | "cwd"
  | "config";

const flag = (key: Flag | null): Option => ({ is: "flag", key });
const value = (key: Value | null): Option => ({ is: "value", key });

const OPTIONS: ReadonlyMap<string, Option> = new Map([
  ["--help", flag("help")],
  ["--version", flag("version")],
  ["--revision", flag("revision")],
  ["--hot", flag("hot")],
  ["--watch", flag("watch")],
  ["--no-clear-screen", flag("noClearScreen")],
  ["--silent", flag("silent")],
  ["--if-present", flag("ifPresent")],
  ["--bun", flag("bun")],
  ["--no-env-file", flag("noEnvFile")],
  ["--port", value("port")],
  ["--hostname", value("hostname")],
  ["--preload", value("preload")],
  ["--require", value("preload")],
  ["--import", value("preload")],
  ["--eval", value("eval")],
  ["--print", value("print")],
  ["--define", value("define")],
  ["--env-file", value("envFile")],
  ["--watch-kill-signal", value("watchKillSignal")],
  ["--cwd", value("cwd")],
  ["--config", value("config")],
  // Memory is Node's own affair, and nothing is ever installed.
  ...["--smol", "--no-install", "--prefer-offline", "--prefer-latest", "--no-macros"].map(
    (name): [string, Option] => [name, flag(null)],
  ),
  ...["--install", "--fetch-preconnect", "--elide-lines"].map((name): [string, Option] => [
    name,
    value(null),
  ]),
  ...[
    "--inspect",
    "--inspect-brk",
    "--inspect-wait",
    "--cpu-prof",
    "--heap-prof",
    "--expose-gc",
    "--no-deprecation",
    "--throw-deprecation",
    "--no-warnings",
    "--trace-warnings",
    "--trace-deprecation",
    "--pending-deprecation",
    "--zero-fill-buffers",
    "--use-system-ca",
    "--use-openssl-ca",
    "--use-bundled-ca",
    "--tls-min-v1.0",
    "--tls-min-v1.1",
    "--tls-min-v1.2",
    "--tls-min-v1.3",
    "--tls-max-v1.2",
    "--tls-max-v1.3",
    "--preserve-symlinks",
    "--preserve-symlinks-main",
    "--no-addons",
  ].map((name): [string, Option] => [name, { is: "node", value: false }]),
  ...[
    "--conditions",
    "--cpu-prof-name",
    "--cpu-prof-dir",
    "--cpu-prof-interval",
    "--heap-prof-name",
    "--heap-prof-dir",
    "--heap-prof-interval",
    "--max-http-header-size",
    "--dns-result-order",
    "--redirect-warnings",
    "--disable-warning",
    "--title",
    "--unhandled-rejections",
  ].map((name): [string, Option] => [name, { is: "node", value: true }]),
]);
const SHORT: Readonly<Record<string, string>> = {
  h: "--help",
  v: "--version",
  b: "--bun",
  r: "--preload",
  e: "--eval",
  p: "--print",
  d: "--define",
  c: "--config",
  i: "--smol",
};

/** What stands in front of the program's file. */
export interface ParsedOptions {
  readonly flags: ReadonlySet<Flag>;
  readonly values: ReadonlyMap<Value, readonly string[]>;
  readonly node: readonly string[];
  /** The file, and what stands behind it. */
  readonly rest: readonly string[];
}

/** Reads options up to the first argument that is none, or up to `--`. `run` in front of the file is left out. */
export class OptionReader {
  readonly #flags = new Set<Flag>();
  readonly #values = new Map<Value, string[]>();
  readonly #node: string[] = [];
  readonly #args: readonly string[];
  #at = 0;

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  /** @throws Error for an option that is not known, or lacks its value */
  read(): ParsedOptions & { readonly isRun: boolean } {
    this.#readOptions();
    const isRun = this.#args[this.#at] === "run" && !this.#values.has("eval") && !this.#values.has("print");
    if (isRun) {
      this.#at++;
      this.#readOptions();
    }
    if (this.#args[this.#at] === "--") this.#at++;
    const rest = this.#args.slice(this.#at);
    return { flags: this.#flags, values: this.#values, node: this.#node, rest, isRun };
  }

  #readOptions(): void {
    while (this.#at < this.#args.length) {
      const arg = this.#args[this.#at]!;
      if (arg === "--" || arg === "-" || !arg.startsWith("-")) return;
      this.#at++;
      if (arg.startsWith("--")) {
        const equals = arg.indexOf("=");
        if (equals === -1) this.#readOption(arg, undefined);
        else this.#readOption(arg.slice(0, equals), arg.slice(equals + 1));
      } else this.#readShort(arg.slice(1));
    }
  }

  /** `-pe code` is `-p code`; a value may follow at once, as in `-r./setup.ts`. */
  #readShort(letters: string): void {
    if (letters === "pe") {
      this.#readOption("--print", undefined);
      return;
    }
    for (let at = 0; at < letters.length; at++) {
      const name = SHORT[letters[at]!];
      if (name === undefined) throw new Error(`unknown option -${letters[at]}`);
      const rest = letters.slice(at + 1).replace(/^=/, "");
      const takesRest = OPTIONS.get(name)!.is === "value";
      this.#readOption(name, takesRest && rest !== "" ? rest : undefined);
      if (takesRest) return;
    }
  }

  #readOption(name: string, given: string | undefined): void {
    const option = OPTIONS.get(name);
    if (option === undefined) throw new Error(`unknown option ${name}`);
    if (option.is === "node") {
      const text = option.value ? (given ?? this.#next(name)) : given;
      this.#node.push(text === undefined ? name : `${name}=${text}`);
    } else if (option.is === "value") {
      const text = given ?? this.#next(name);
      if (option.key === null) return;
      this.#values.set(option.key, [...(this.#values.get(option.key) ?? []), text]);
    } else {
      if (given !== undefined) throw new Error(`${name} takes no value`);
      if (option.key !== null) this.#flags.add(option.key);
    }
  }

  #next(name: string): string {
    const text = this.#args[this.#at++];
    if (text === undefined) throw new Error(`${name} needs a value`);
    return text;
  }
}
