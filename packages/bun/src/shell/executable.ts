import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { which } from "../base/which.ts";
import type { DaxContext, DaxReader, DaxWriter } from "./dax.ts";

/**
 * Commands of `dax` that are used. Its `cat` is left out: it reads no input of this process. So is its `touch`, which empties a file, and takes a path from
 * the root for one within the folder.
 */
const BUILT_IN = new Set(
  "cd printenv echo exit export set shopt sleep test rm mkdir cp mv pwd true false unset which".split(" "),
);

/** The first word of a command, behind its variables; or quotes, in which there is none. */
const COMMAND =
  /((?:^|[|&;(\n])\s*(?:[A-Za-z_]\w*=(?:'[^']*'|"'+"|[^\s'"|&;()<>])*\s+)*)((?:'[^']*'|[\w./@+-])+)(?=[\s|&;()<>]|$)|"'+"|'[^']*'/g;
/** What `dax` takes for the name of a command. */
const NAME = /^[\w-]+$/;

/** Texts of a template, and the commands of the system in them, by the names that they have there. */
export interface Executables {
  readonly texts: string[];
  readonly commands: ReadonlyMap<string, string>;
}

/**
 * Finds the commands that may be the system's. Paths and names with a dot get other names. On Windows, where `dax` knows more, there are none. Arguments do not
 * count: each command that is registered costs time, and a value may have thousands of words.
 */
export function findExecutables(texts: readonly string[]): Executables {
  const commands = new Map<string, string>();
  if (process.platform === "win32") return { texts: [...texts], commands };
  const renamed = texts.map((text, index) =>
    text.replace(COMMAND, (all: string, before: string | undefined, word: string, offset: number) => {
      // A later text goes on behind a value.
      if (before === undefined || (index > 0 && offset === 0 && !/^[|&;(\n]/.test(all))) return all;
      const command = word.replaceAll("'", "");
      if (BUILT_IN.has(command)) return all;
      const name = NAME.test(command) ? command : `mantou-command-${commands.size}`;
      commands.set(name, command);
      return before + name;
    }),
  );
  return { texts: renamed, commands };
}

/** Sources whose process has ended: what writes to one is ended, too, as by a pipe of the system. */
const left = new WeakSet<object>();

/**
 * Runs a command of the system. In `dax` itself a pipeline fails if a process ends before its input does, as `head` does, and one that writes without end stays;
 * and a process that a signal ends has the exit code 0.
 */
export async function runExecutable(name: string, context: DaxContext): Promise<{ readonly code: number }> {
  const { args, cwd, env, stdin, stdout, stderr, signal } = context;
  const path = which(name, { PATH: env["PATH"] ?? "", cwd });
  if (path === null) return context.error(127, `dax: ${name}: command not found`);
  const input = typeof stdin === "string" ? slotOf(stdin) : "pipe";
  const stdio = [input, slotOf(stdout.kind), slotOf(stderr.kind)];
  const child = spawn(path, args, { cwd, env, stdio: stdio as ["pipe", "pipe", "pipe"] });
  const ended = endOf(child);
  const stop = (name: NodeJS.Signals): void => void child.kill(name);
  signal.addListener(stop);
  try {
    const copied = [copy(child.stdout, stdout, child), copy(child.stderr, stderr, child)];
    const fed = typeof stdin === "string" ? null : feed(stdin, child.stdin, ended);
    const [code] = await Promise.all([ended, fed, ...copied]);
    return { code };
  } catch (error) {
    return context.error(126, `dax: ${name}: ${(error as Error).message}`);
  } finally {
    signal.removeListener(stop);
  }
}

function slotOf(kind: string): "inherit" | "ignore" | "pipe" {
  if (kind === "inherit") return kind;
  return kind === "null" ? "ignore" : "pipe";
}

async function endOf(child: ChildProcess): Promise<number> {
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + constants.signals[signal!];
}

/** Sends a source to a process until either is at its end. */
async function feed(source: DaxReader, pipe: Writable, ended: Promise<number>): Promise<void> {
  pipe.on("error", () => {});
  const over = ended.then(
    () => null,
    () => null,
  );
  const bytes = new Uint8Array(64 * 1024);
  for (;;) {
    const length = await Promise.race([source.read(bytes), over]);
    if (!length || !(await written(pipe, bytes.slice(0, length)))) break;
  }
  left.add(source);
  pipe.end();
}

/** @returns false if the process does not read any more */
function written(pipe: Writable, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    pipe.write(bytes, (error) => resolve(error === null || error === undefined));
  });
}

async function copy(source: Readable | null, target: DaxWriter, child: ChildProcess): Promise<void> {
  if (source === null) return;
  for await (const bytes of source) {
    if (left.has(target.inner)) {
      child.kill("SIGPIPE");
      return;
    }
    await target.writeAll(bytes as Uint8Array);
  }
}
