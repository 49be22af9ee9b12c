import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { which } from "../base/which.ts";
import type { DaxContext, DaxReader, DaxWriter } from "./dax.ts";

/** A pipe within a line: the words on both sides may be commands. */
const PIPE = /(?:^|[^|])\|(?!\|)/;

/** Commands of `dax`. Its `cat` is left out: it reads no input of this process. */
const BUILT_IN = new Set(
  "cd printenv echo exit export set shopt sleep test rm mkdir cp mv pwd touch true false unset which".split(
    " ",
  ),
);

/** A text in single quotes, and single quotes in double quotes. */
const QUOTED = /"'+"|'([^']*)'/g;
/** The first word of a command, behind its variables. */
const COMMAND = /(?:^|[|&;(\n])\s*(?:[A-Za-z_]\w*=\S*\s+)*([\w-]+)/g;

/**
 * The commands in a text that may be the system's: `cat`, and all of a text with a pipeline. On Windows, where `dax` knows more, none.
 * Arguments do not count: each command that is registered costs time, and a value may have thousands of words.
 */
export function executablesOf(text: string): Set<string> {
  if (process.platform === "win32") return new Set();
  const plain = text.replace(QUOTED, (_, quoted: string | undefined) => nameOf(quoted ?? ""));
  const names = [...plain.matchAll(COMMAND)].map(([, name]) => name!);
  const isPipeline = PIPE.test(plain);
  return new Set(names.filter((name) => name === "cat" || (isPipeline && !BUILT_IN.has(name))));
}

/** The text of quotes that may be a name; "" for others. */
function nameOf(quoted: string): string {
  return /^[\w-]+$/.test(quoted) ? quoted : "";
}

/** Sources whose process has ended: what writes to one is ended, too, as by a pipe of the system. */
const left = new WeakSet<object>();

/**
 * Runs a command of the system within a pipeline. In `dax` itself the pipeline fails if a process ends before its input does, as `head`
 * does, and one that writes without end stays.
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
