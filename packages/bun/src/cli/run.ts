/** Runs what the command line names. */
import type { StdioOptions } from "node:child_process";
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command, Runnable, Settings } from "./arguments.ts";
import { channelOptions } from "./channel.ts";
import { CHILD, endAs, endBySignal, givenSockets, runChild } from "./child.ts";
import { findEntry } from "./entry.ts";
import { reportFailure } from "./failure.ts";
import { writeAtOnce } from "./output.ts";
import type { ScriptOptions } from "./script.ts";

const MAIN = fileURLToPath(new URL("./main.js", import.meta.url));

/** `process.exit` of the program is another one under `--watch`. */
const endProcess: (code: number) => never = process.exit.bind(process);

/** @throws never: the process ends with an exit code */
export async function run(command: Runnable): Promise<void> {
  const { settings } = command;
  const child = process.env[CHILD];
  delete process.env[CHILD];
  const cwd = process.cwd();
  // For what this command starts, too.
  if (settings.backplane !== undefined) process.env["MANTOU_BACKPLANE"] = settings.backplane;
  const isOneProcess = child === undefined && settings.workers === undefined;
  if (child === undefined) for (const text of settings.notes) note(text);
  try {
    if (child === "watched") await reportFiles();
    // Node.js takes these options when it starts.
    else if (isOneProcess && settings.reload !== "watch" && settings.node.length > 0)
      return await runInChild(settings);
    if (settings.cwd !== undefined && !enter(settings.cwd)) return;
    if (settings.workers !== undefined && child === undefined)
      process.exitCode = await (await import("./workers.ts")).runInWorkers(command, settings.workers, cwd);
    else if (child === undefined && settings.reload === "watch") await watchOrRun(command, cwd);
    else await runHere(command);
  } catch (error) {
    console.error(error);
    // As Node.js does, the process ends at once: a server that started before the error would go on with half a program.
    endProcess(1);
  }
}

async function runHere(command: Runnable): Promise<void> {
  if (command.do === "evaluate") await evaluate(command);
  else await runTarget(command);
}

async function reportFiles(): Promise<void> {
  (await import("./watch-report.ts")).reportToWatcher();
}

/** As in Bun, only files and code are watched. The scripts of package.json are no modules. */
async function watchOrRun(command: Runnable, cwd: string): Promise<void> {
  const { settings } = command;
  if (command.do === "run") {
    const isPage = command.target.endsWith(".html");
    const entry = isPage ? null : await findEntry(command.target, command.isRun, process.cwd());
    if (entry !== null && entry.kind !== "file")
      return settings.node.length > 0 ? runInChild(settings, cwd) : runHere(command);
  }
  const [{ runWatched }, { REPORT_FD }] = await Promise.all([
    import("./watch.ts"),
    import("./watch-report.ts"),
  ]);
  const args = [...settings.node, "--", MAIN, ...process.argv.slice(2)];
  const { descriptors, env: sockets } = await givenSockets(REPORT_FD + 1);
  const env = { ...process.env, [CHILD]: "watched", ...sockets };
  const { killSignal, clearsScreen } = settings;
  endAs(await runWatched({ args, env, cwd, killSignal, clearsScreen, descriptors }));
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
  if (target.endsWith(".html")) return runPages([target, ...rest], settings);
  const entry = await findEntry(target, isRun, process.cwd());
  if (entry.kind === "missing") {
    if (!settings.ifPresent) fail(entry.message);
    return;
  }
  if (entry.kind === "file") {
    const file = realpathSync(entry.file);
    process.argv = [process.argv[0]!, file, ...rest];
    await runFile(file, settings);
    return;
  }
  // As in Bun, scripts get no variables of the files of the mode: each program that they start reads them.
  if (settings.envFiles !== undefined) {
    const { prepareEnvironment } = await import("../config/prepare.ts");
    prepareEnvironment({ ...settings, readsEnvFiles: false });
  }
  const { runCommand, runScript, runShellFile } = await import("./script.ts");
  const options = await scriptOptions(settings);
  if (entry.kind === "script") endAs(await runScript(entry.name, entry.of, rest, options));
  else {
    const runEntry = entry.kind === "shell" ? runShellFile : runCommand;
    endAs(await runEntry(entry.file, rest, options));
  }
}

/** What the command line says, and `[run]` of bunfig.toml. */
async function scriptOptions(settings: Settings): Promise<ScriptOptions> {
  const { readBunfig } = await import("../config/bunfig.ts");
  const { run } = readBunfig(process.cwd(), settings.config);
  if ((settings.shell ?? run.shell) === "bun")
    note(
      'run.shell = "bun" of bunfig.toml, and --shell=bun, have no effect: scripts run in the shell of the system',
    );
  if (run.endsOrphans)
    note(
      "run.noOrphans of bunfig.toml has no effect: Node.js cannot follow the processes that its children start",
    );
  return {
    isSilent: settings.isSilent || run.isSilent,
    replacesNode: settings.replacesNode || run.replacesNode,
  };
}

function note(text: string): void {
  process.stderr.write(`mantou: ${text}\n`);
}

/** Pages are a program of one line. As in Bun, `--console` may stand among them. */
async function runPages(args: readonly string[], settings: Settings): Promise<void> {
  const { findPages } = await import("./page-files.ts");
  const names = args.filter((arg) => arg !== "--console");
  let files: readonly string[];
  try {
    files = findPages(names, process.cwd());
  } catch (error) {
    fail((error as Error).message);
    return;
  }
  const { pagesProgram } = await import("./evaluate.ts");
  await runFile(pagesProgram(files, names.length < args.length), settings);
}

async function runFile(file: string, settings: Settings): Promise<void> {
  writeAtOnce();
  if (settings.port !== undefined) process.env["BUN_PORT"] = settings.port;
  const hosting = await import("@mantou/serve/hosting");
  if (settings.backplane !== undefined) hosting.nameBackplaneSource("--backplane");
  stopGracefully(hosting, settings);
  await import("../global/install.ts");
  const hot = settings.reload === "hot" ? new (await import("./hot.ts")).HotRunner() : null;
  const { prepareProcess } = await import("../config/prepare.ts");
  await prepareProcess({ ...settings, entry: file });
  const program = { file, hostname: settings.hostname };
  try {
    if (hot !== null) await hot.run(program, settings.clearsScreen);
    else await (await import("./program.ts")).runProgram(program, null);
  } catch (error) {
    reportFailure(error, hosting.logError, endProcess);
  }
}

/** Runs this command again in a Node.js that has the options. */
async function runInChild(settings: Settings, cwd: string = process.cwd()): Promise<void> {
  const args = [...settings.node, "--", MAIN, ...process.argv.slice(2)];
  const given = await givenSockets(3);
  const env = { ...process.env, [CHILD]: "1", ...given.env };
  const channel = channelOptions();
  const stdio: StdioOptions = ["inherit", "inherit", "inherit", ...given.descriptors, ...channel.descriptors];
  endAs(await runChild(process.execPath, args, { env, cwd, stdio, ...channel.options }));
}

/** A terminal sends a signal to all its processes. npm and pnpm, which have started this one, pass it on, too: within this time it is the same signal. */
const REPEATED_MS = 100;

/**
 * The first signal stops the servers, and the process ends after the responses to the requests under way. A second signal, or a first one without
 * servers, ends the process at once. A program that listens to the signal itself decides for itself. Behind SIGTERM a load balancer has the grace to send no more,
 * and requests that are on their way get a response; Ctrl-C does not wait. With the signal of `--watch` the process is ended at once, so that the program starts again.
 */
function stopGracefully(
  { runningCount, stopRunning, workerNumber }: typeof import("@mantou/serve/hosting"),
  settings: Settings,
): void {
  let since: number | null = null;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    if (settings.reload === "watch" && signal === settings.killSignal) continue;
    process.on(signal, () => {
      if (process.listenerCount(signal) > 1) return;
      // A worker may get Ctrl-C of the terminal, and then SIGTERM of the process that has started it, which ends it at once by SIGKILL.
      if (since !== null && (workerNumber() !== null || performance.now() - since < REPEATED_MS)) return;
      if (since !== null || runningCount() === 0) return endBySignal(signal);
      since = performance.now();
      const isWorker = workerNumber() !== null;
      // The process that has started the workers has waited for the grace.
      const grace = signal === "SIGTERM" && !isWorker ? settings.grace : 0;
      const isPatient = signal === "SIGTERM" || isWorker;
      void stopRunning({ grace, isPatient }).then(() => endProcess(0));
    });
  }
}
