#!/usr/bin/env node
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { logError, runningCount, stopRunning } from "@mantou/serve/hosting";
import { HELP, parseArguments } from "./arguments.ts";
import { runHot } from "./hot.ts";
import { runProgram } from "./program.ts";

const ENDING: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM"];

/** The exit code that a shell gives a process which a signal has ended. */
const codeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

const command = parseArguments(process.argv.slice(2));
switch (command.do) {
  case "help":
    process.stdout.write(HELP);
    break;
  case "version":
    process.stdout.write(`${version()}\n`);
    break;
  case "fail":
    process.stderr.write(`mantou: ${command.message}\n\n${HELP}`);
    process.exitCode = 2;
    break;
  default:
    await run(command);
}

async function run(given: Extract<typeof command, { do: "run" }>): Promise<void> {
  const file = resolve(given.file);
  if (!existsSync(file)) {
    process.stderr.write(`mantou: the file ${file} does not exist\n`);
    process.exitCode = 1;
    return;
  }
  try {
    if (given.port !== undefined) process.env["BUN_PORT"] = given.port;
    if (given.reload === "watch") {
      runWatched();
      return;
    }
    process.argv = [process.argv[0]!, file, ...given.rest];
    stopGracefully();
    await import("../register.js");
    const program = { file, hostname: given.hostname };
    if (given.reload === "hot") await runHot(program);
    else await runProgram(program, null);
  } catch (error) {
    logError(error);
    // As Node.js does, the process ends at once: a server that started before the error would go on with half a program.
    process.exit(1);
  }
}

/** Node's own `--watch` watches the files and starts the program again: it knows the files of a program. */
function runWatched(): void {
  const args = process.argv.slice(2).filter((argument) => argument !== "--watch");
  const child = spawn(process.execPath, ["--watch", fileURLToPath(import.meta.url), ...args], {
    stdio: "inherit",
  });
  for (const signal of ENDING) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    logError(error);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? codeOf(signal!);
  });
}

/**
 * The first signal stops the servers, and the process ends after the responses to the requests under way. A second signal, or a first one without
 * servers, ends the process at once. A program that listens to the signal itself decides for itself.
 */
function stopGracefully(): void {
  let stopping = false;
  for (const signal of ENDING) {
    process.on(signal, () => {
      if (process.listenerCount(signal) > 1) return;
      if (stopping || runningCount() === 0) process.exit(codeOf(signal));
      stopping = true;
      void stopRunning().then(() => process.exit(0));
    });
  }
}

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
