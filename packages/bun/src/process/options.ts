/** Reads what `spawn` and `spawnSync` are given. */
import { fileURLToPath } from "node:url";
import { outOfRange, wrongType, wrongValue } from "../base/argument-error.ts";
import { notThere } from "../base/missing.ts";
import { type Command, findCommand } from "./command.ts";
import { defaultEnvironment } from "./environment.ts";
import { signalNumber } from "./signals.ts";
import type { SpawnOptions } from "./types.ts";

/** What runs, and where. */
export interface SpawnPlan {
  readonly command: Command;
  readonly options: SpawnOptions;
  readonly killSignal: number;
  /** Milliseconds; undefined for no limit. */
  readonly timeout: number | undefined;
  /** Bytes; `Infinity` for no limit. */
  readonly maxBuffer: number;
  /** What Node.js takes as it is. */
  readonly process: {
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    readonly argv0: string;
    readonly detached: boolean;
    readonly windowsHide: boolean;
    readonly windowsVerbatimArguments: boolean;
    readonly uid?: number;
    readonly gid?: number;
  };
}

const LONGEST_TIMEOUT = Number.MAX_SAFE_INTEGER;

/**
 * @param first the command's words, or the options with `cmd`
 * @throws TypeError or RangeError, with the option's name; what `findCommand` throws
 */
export function readOptions(first: unknown, second: unknown, isSync: boolean): SpawnPlan {
  const isArray = Array.isArray(first);
  const options = ((isArray ? second : first) ?? {}) as SpawnOptions & { readonly cmd?: unknown };
  const words = readWords(isArray ? first : (first as { cmd?: unknown } | null | undefined)?.cmd);
  refuseMissing(options, isSync);
  for (const name of ["onExit", "onDisconnect"] as const) {
    const value = options[name];
    if (value !== undefined && value !== null && typeof value !== "function")
      throw wrongType(`${name} must be a function or undefined`);
  }
  const { signal, serialization } = options;
  if (signal !== undefined && signal !== null && !(signal instanceof AbortSignal))
    throw wrongType(
      `The "signal" argument must be of type AbortSignal. Received type ${typeof signal} (${signal})`,
    );
  if (serialization !== undefined && serialization !== "json" && serialization !== "advanced")
    throw wrongType('serialization must be "json" or "advanced"');
  const timeout = readTimeout(options.timeout);
  const killSignal = signalNumber(options.killSignal);
  const env = readEnvironment(options.env);
  const cwd = options.cwd instanceof URL ? fileURLToPath(options.cwd) : String(options.cwd || process.cwd());
  if (signal?.aborted) throw abortError(signal);
  const command = findCommand(words, cwd, env["PATH"]);
  const { uid, gid, argv0 } = options;
  return {
    command,
    options,
    killSignal,
    timeout,
    maxBuffer: readMaxBuffer(options.maxBuffer),
    process: {
      cwd,
      env,
      argv0: String(argv0 || command.name),
      detached: options.detached === true,
      windowsHide: options.windowsHide === true,
      windowsVerbatimArguments: options.windowsVerbatimArguments === true,
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    },
  };
}

function readWords(given: unknown): string[] {
  if (!Array.isArray(given)) throw wrongType("cmd must be an array");
  if (given.length === 0) throw wrongType("cmd must not be empty");
  return Array.from(given, (word: unknown, index) => {
    // A symbol throws, as in Bun.
    const text = `${word as string}`;
    if (!text.includes("\0")) return text;
    throw wrongValue(
      `The argument 'args[${index}]' must be a string without null bytes. Received ${JSON.stringify(text)}`,
    );
  });
}

/** Options of Bun that Node.js has nothing for. */
function refuseMissing(options: object, isSync: boolean): void {
  const { terminal, cgroup } = options as { terminal?: unknown; cgroup?: unknown };
  if (terminal !== undefined && isSync)
    throw wrongType("terminal option is only supported for Bun.spawn, not Bun.spawnSync");
  if (terminal !== undefined) throw notThere("The option terminal of Bun.spawn", "the package node-pty");
  if (cgroup !== undefined && process.platform === "linux")
    throw notThere("The option cgroup of Bun.spawn", "systemd-run --scope or cgexec before the command");
}

/** @returns undefined for no limit: as in Bun, that is also what 0 and `Infinity` mean */
function readTimeout(timeout: unknown): number | undefined {
  if (timeout === undefined || timeout === null || timeout === Number.POSITIVE_INFINITY) return undefined;
  if (typeof timeout !== "number")
    throw wrongType(`The "timeout" property must be of type number. Received ${typeof timeout}`);
  if (Number.isNaN(timeout) || timeout < 0 || timeout > LONGEST_TIMEOUT) {
    const due = Number.isNaN(timeout) ? "a non-negative integer" : `>= 0 and <= ${LONGEST_TIMEOUT}`;
    throw outOfRange(`The value of "timeout" is out of range. It must be ${due}. Received ${timeout}`);
  }
  if (!Number.isInteger(timeout))
    throw wrongType('The "timeout" property must be of type integer. Received number');
  return timeout === 0 ? undefined : timeout;
}

/** @returns `Infinity` for no limit: as in Bun, that is also what 0, a negative number and another type mean */
function readMaxBuffer(bytes: unknown): number {
  return typeof bytes === "number" && bytes >= 1 ? bytes : Number.POSITIVE_INFINITY;
}

function readEnvironment(given: unknown): NodeJS.ProcessEnv {
  if (given === undefined || given === null) return { ...defaultEnvironment() };
  if (typeof given !== "object") throw wrongType("env must be an object");
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(given))
    if (value !== undefined) env[name] = `${value as string}`;
  return env;
}

function abortError(signal: AbortSignal): Error {
  const error = new Error("The operation was aborted", { cause: signal.reason });
  return Object.assign(Object.defineProperty(error, "name", { value: "AbortError" }), { code: "ABORT_ERR" });
}
