/** Reads the options of the command, and those that Node.js has under the same name. */
import { type Flag, OPTIONS, SHORT, type Value } from "./known-options.ts";

/** The only one of Node's options that the older lines lack. */
const SINCE_22 = "--use-system-ca";
/** Asks for packages to be installed. */
const INSTALLS = "i";

/** What stands in front of the program's file. */
export interface ParsedOptions {
  readonly flags: ReadonlySet<Flag>;
  readonly values: ReadonlyMap<Value, readonly string[]>;
  readonly node: readonly string[];
  /** What is said about options without an effect. */
  readonly notes: readonly string[];
  /** The file, and what stands behind it. */
  readonly rest: readonly string[];
}

/** Reads options up to the first argument that is none, or up to `--`. `run` in front of the file is left out. */
export class OptionReader {
  readonly #flags = new Set<Flag>();
  readonly #values = new Map<Value, string[]>();
  readonly #node: string[] = [];
  readonly #notes: string[] = [];
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
    return { flags: this.#flags, values: this.#values, node: this.#node, notes: this.#notes, rest, isRun };
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
      if (letters[at] === INSTALLS) {
        this.#readOption("--install", "fallback");
        continue;
      }
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
    switch (option.is) {
      case "absent":
        throw new Error(`${name} is not there in Mantou: ${option.why}`);
      case "flag":
        if (given !== undefined) throw new Error(`${name} takes no value`);
        this.#flags.add(option.key);
        break;
      case "value": {
        const text = given ?? (option.isOptional === true ? this.#optional() : this.#next(name));
        if (text !== undefined) this.#values.set(option.key, [...(this.#values.get(option.key) ?? []), text]);
        break;
      }
      case "node": {
        if (name === SINCE_22 && !process.allowedNodeEnvironmentFlags.has(name))
          throw new Error(`${name} needs Node.js 22.15 or newer, and this is ${process.version}`);
        const text = option.value ? (given ?? this.#next(name)) : given;
        this.#node.push(text === undefined ? name : `${name}=${text}`);
        break;
      }
      default:
        if (option.value && given === undefined) this.#next(name);
        if (option.is === "idle") this.#notes.push(`${name} has no effect: ${option.why}`);
    }
  }

  /** As in Bun, the next argument is the program's file, unless it is no program. */
  #optional(): string | undefined {
    return this.#args[this.#at]?.endsWith(".toml") === true ? this.#args[this.#at++] : undefined;
  }

  #next(name: string): string {
    const text = this.#args[this.#at++];
    if (text === undefined) throw new Error(`${name} needs a value`);
    return text;
  }
}
