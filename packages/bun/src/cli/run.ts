/** Runs what the command line names. */
import { fileURLToPath } from "node:url";
import type { Command, Settings } from "./arguments.ts";
import { codeOf, runChild } from "./child.ts";
import { findEntry } from "./entry.ts";

/** The variable that marks a process which this command has started with options of Node.js. */
const CHILD = "MANTOU_CHILD";

type Runnable = Extract<Command, { readonly settings: Settings }>;

/** @throws never: the process ends with an exit code */
export async function run(command: Runnable): Promise<void> {
  const { settings } = command;
  const isChild = process.env[CHILD] !== undefined;
  delete process.env[CHILD];
  try {
    // Node.js takes these options when it starts, and watches the files of a program that it starts.
    if (!isChild && (settings.node.length > 0 || settings.reload === "watch"))
      return await runInChild(settings);
    if (settings.cwd !== undefined && !enter(settings.cwd)) return;
    if (command.do === "evaluate") await evaluate(command);
    else await runTarget(command);
  } catch (error) {
    console.error(error);
    // As Node.js does, the process ends at once: a server that started before the error would go on with half a program.
    process.exit(1);
  }
}

function enter(folder: string): boolean {
  try {
    process.chdir(folder);
    return true;
  } catch (error) {
    fail(`--cwd: ${(error as Error).message}`);
    return false;
  }
}

function fail(message: string): void {
  process.stderr.write(`mantou: ${message}\n`);
  process.exitCode = 1;
}

async function evaluate({
  code,
  prints,
  rest,
  settings,
}: Extract<Command, { do: "evaluate" }>): Promise<void> {
  const { evaluatedModule } = await import("./evaluate.ts");
  const file = await evaluatedModule(code, prints);
  // As in Bun, standard input has a name among the arguments, and code of the command line has none.
  process.argv = [process.argv[0]!, ...(code === null ? ["-"] : []), ...rest];
  await runFile(file, settings);
}

async function runTarget(command: Extract<Command, { do: "run" }>): Promise<void> {
  const { target, isRun, rest, settings } = command;
  const entry = await findEntry(target, isRun, process.cwd());
  if (entry.kind === "missing") {
    if (!settings.ifPresent) fail(entry.message);
    return;
  }
  if (entry.kind === "file") {
    process.argv = [process.argv[0]!, entry.file, ...rest];
    await runFile(entry.file, settings);
    return;
  }
  // As in Bun, scripts get no variables of the files of the mode: each program that they start reads them.
  if (settings.envFiles !== undefined) {
    const { prepareEnvironment } = await import("../config/prepare.ts");
    prepareEnvironment({ ...settings, readsEnvFiles: false });
  }
  const { runCommand, runScript, runShellFile } = await import("./script.ts");
  if (entry.kind === "script") process.exitCode = await runScript(entry.name, entry.of, rest, settings);
  else {
    const runEntry = entry.kind === "shell" ? runShellFile : runCommand;
    process.exitCode = (await runEntry(entry.file, rest, settings)).code;
  }
}

async function runFile(file: string, settings: Settings): Promise<void> {
  if (settings.port !== undefined) process.env["BUN_PORT"] = settings.port;
  const { logError, runningCount, stopRunning } = await import("@mantou/serve/hosting");
  stopGracefully(runningCount, stopRunning);
  await import("../global/install.ts");
  const { prepareProcess } = await import("../config/prepare.ts");
  await prepareProcess(settings);
  const program = { file, hostname: settings.hostname };
  try {
    if (settings.reload === "hot") await (await import("./hot.ts")).runHot(program);
    else await (await import("./program.ts")).runProgram(program, null);
  } catch (error) {
    logError(error);
    process.exit(1);
  }
}

/** Runs this command again in a Node.js that has the options. Node's own `--watch` starts the program again: it knows the files of a program. */
async function runInChild(settings: Settings): Promise<void> {
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  const watch =
    settings.reload === "watch"
      ? ["--watch", ...(settings.clearsScreen ? [] : ["--watch-preserve-output"])]
      : [];
  const args = [...settings.node, ...watch, main, ...process.argv.slice(2)];
  const env = { ...process.env, [CHILD]: "1" };
  process.exitCode = (await runChild(process.execPath, args, { env })).code;
}

/**
 * The first signal stops the servers, and the process ends after the responses to the requests under way. A second signal, or a first one without
 * servers, ends the process at once. A program that listens to the signal itself decides for itself.
 */
function stopGracefully(runningCount: () => number, stopRunning: () => Promise<unknown>): void {
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) > 1) return;
      if (stopping || runningCount() === 0) process.exit(codeOf(signal));
      stopping = true;
      void stopRunning().then(() => process.exit(0));
    });
  }
}
