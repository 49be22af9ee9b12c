/** `Bun.$`: Bun's API of commands over the shell of the package `dax`, an optional peer. It starts no shell of the system. */
import { statSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { viewOf } from "../base/bytes.ts";
import { loadPeer } from "../base/peer.ts";
import type { Dax, DaxCommand } from "./dax.ts";
import { echo } from "./echo.ts";
import { runExecutable } from "./executable.ts";
import { ShellError, ShellOutput } from "./output.ts";
import { ShellPromise, type ShellSettings } from "./promise.ts";
import { piecesOf, templateOf } from "./template.ts";
import { RedirectionPath } from "./translate.ts";
import { braces, escapeWord } from "./words.ts";

/** A folder with this command under the name `bun`. */
const BUN_FOLDER = fileURLToPath(new URL("../../shims/bun", import.meta.url));

/** The tag of templates that are commands, and its settings. */
export interface Shell {
  (strings: TemplateStringsArray, ...values: readonly unknown[]): ShellPromise;
  /** The folder of all commands; without an argument that of the process. */
  cwd(cwd?: string): this;
  /** The environment of all commands; without an argument that of the process. */
  env(env?: Record<string, string | undefined>): this;
  /** Another exit code than 0 is no error. */
  nothrow(): this;
  throws(throws: boolean): this;
}

/** `Bun.$`. */
export interface BunShell extends Shell {
  /** Expands `{a,b}`. */
  braces(pattern: string): string[];
  /** The text as one word of a command. */
  escape(text: string): string;
  /** A tag with settings of its own. */
  readonly Shell: new () => Shell;
  readonly ShellPromise: typeof ShellPromise;
  readonly ShellError: typeof ShellError;
}

function makeShell(): Shell {
  const defaults: ShellSettings = { cwd: undefined, env: undefined, throws: true, quiet: false };
  const shell = (strings: TemplateStringsArray, ...values: readonly unknown[]): ShellPromise => {
    const pieces = piecesOf(strings, values);
    const start = async (settings: ShellSettings): Promise<ShellOutput> => {
      const template = templateOf(pieces, settings.env ?? process.env);
      checkFolder(settings.cwd);
      if (template.isEmpty) return new ShellOutput(Buffer.alloc(0), Buffer.alloc(0), 0);
      const { $ } = loadPeer<Dax>("dax", "Bun.$");
      const given = template.values.map((value) =>
        value instanceof RedirectionPath ? $.path(value.path) : value,
      );
      try {
        let command = configured($(template.strings, ...given), settings);
        for (const [name, executable] of template.executables) {
          command = command.registerCommand(name, (context) => runExecutable(executable, context));
        }
        return await outputOf(command);
      } catch (error) {
        // Its parser throws texts.
        throw error instanceof Error ? error : new SyntaxError(String(error));
      }
    };
    return new ShellPromise(start, { ...defaults });
  };
  const set = (settings: Partial<ShellSettings>): unknown => {
    Object.assign(defaults, settings);
    return shell;
  };
  const methods = {
    cwd: (cwd?: string) => set({ cwd }),
    env: (env?: ShellSettings["env"]) => set({ env }),
    nothrow: () => set({ throws: false }),
    throws: (throws: boolean) => set({ throws }),
  };
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(shell, name, { value, writable: true, configurable: true });
  }
  return shell as unknown as Shell;
}

/** @throws Error `ENOENT` or `ENOTDIR`: the commands of `dax` itself would run without the folder */
function checkFolder(cwd: string | undefined): void {
  const stats = cwd === undefined ? undefined : statSync(cwd, { throwIfNoEntry: false });
  if (cwd === undefined || stats?.isDirectory() === true) return;
  const [code, meaning] =
    stats === undefined ? ["ENOENT", "No such file or directory"] : ["ENOTDIR", "Not a directory"];
  throw Object.assign(new Error(`${meaning}: ${cwd}`), { code });
}

function configured(command: DaxCommand, { cwd, env, quiet }: ShellSettings): DaxCommand {
  const kind = quiet ? "piped" : "inheritPiped";
  const given = env ?? process.env;
  // Commands find this one as `bun`.
  const path = [BUN_FOLDER, ...(given["PATH"] === undefined ? [] : [given["PATH"]])].join(delimiter);
  const own = { ...given, PATH: path, MANTOU_NODE: process.execPath };
  const built = command
    .noThrow()
    .failglob()
    .registerCommand("echo", echo)
    .clearEnv()
    .env(own)
    .stdout(kind)
    .stderr(kind);
  return cwd === undefined ? built : built.cwd(cwd);
}

async function outputOf(command: DaxCommand): Promise<ShellOutput> {
  const { stdoutBytes, stderrBytes, code } = await command;
  return new ShellOutput(viewOf(stdoutBytes), viewOf(stderrBytes), code);
}

/** A class whose instances are tags. */
function ShellClass(): Shell {
  return makeShell();
}

export const $: BunShell = Object.assign(makeShell(), {
  Shell: ShellClass as unknown as new () => Shell,
  ShellPromise,
  ShellError,
  braces,
  escape: escapeWord,
});
