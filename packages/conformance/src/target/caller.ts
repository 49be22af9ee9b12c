import { spawn } from "node:child_process";
import process from "node:process";
import { TargetError } from "./target.ts";

/** What a client has made of its URLs. */
export interface Call {
  /** `refused`: it failed, and said so. `killed`: it did not end in time. `crashed`: a signal has ended it. */
  readonly end: "done" | "refused" | "killed" | "crashed";
  /** A line for each response or message: `200 68656c6c6f`, `text 68690a`, `binary 00ff`. */
  readonly lines: readonly string[];
}

/**
 * Makes a client request each URL, one after the other, and read each response whole; or open a WebSocket and read its messages until
 * it is closed.
 * @param signal ends the call
 */
export interface Caller {
  (urls: readonly string[], method: string, signal: AbortSignal): Promise<Call>;
  /** Ends what stays from call to call. */
  readonly close?: () => Promise<void>;
}

/** More is no client that keeps the contract. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * A command that is run for each trial. Its exit code says whether it failed, its output has a line for each response or message. `{url}`
 * among its arguments stands for the URLs, which are the last arguments otherwise. METHOD is in its environment.
 */
export function commandCaller([program = "", ...args]: readonly string[]): Caller {
  return (urls, method, signal) =>
    new Promise((resolve, reject) => {
      const given = args.includes("{url}")
        ? args.flatMap((arg) => (arg === "{url}" ? urls : [arg]))
        : [...args, ...urls];
      const child = spawn(program, given, {
        stdio: ["ignore", "pipe", "ignore"],
        env: { ...process.env, METHOD: method },
        signal,
        killSignal: "SIGKILL",
      });
      // What a command of the shell has started may hold the pipe open for longer than the command lives.
      signal.addEventListener("abort", () => child.stdout.destroy(), { once: true });
      let printed = "";
      child.stdout.setEncoding("latin1").on("data", (text: string) => {
        if (printed.length < MOST_BYTES) printed += text;
      });
      child.on("error", (error) => {
        if (!signal.aborted) reject(new TargetError(`The command cannot be run: ${error.message}`));
      });
      child.on("close", (code, ended) => {
        const lines = printed.split("\n").filter((line) => line !== "");
        const end = signal.aborted ? "killed" : ended !== null ? "crashed" : code === 0 ? "done" : "refused";
        resolve({ end, lines });
      });
    });
}
