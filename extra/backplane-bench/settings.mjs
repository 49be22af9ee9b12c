/** What the programs of this folder share: how they begin and end, how options are read, and which versions are measured. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { killAll } from "../../bench/dist/processes.js";
import { describeMachine, packageVersions } from "../../bench/dist/results.js";
import { nodeRuntimes } from "../../bench/dist/runtimes.js";
import { findEngine } from "./processes.mjs";

/**
 * Runs a program of this folder: all other processes end with it, since their standard input does.
 * @param main resolves with the exit code
 */
export async function run(main, usage) {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ]) {
    process.on(signal, () => process.exit(code));
  }
  process.on("exit", killAll);
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof RangeError || error.code?.startsWith("ERR_PARSE_ARGS"))) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
}

/** The results of an earlier run. */
export function readResults(path, kind) {
  const results = JSON.parse(readFileSync(path, "utf8"));
  if (results.kind !== kind) throw new RangeError(`${path} is not written by --json of this program`);
  return results;
}

/** What is measured, and how long, by the options of the command line. */
export function settingsOf(values, words, { contestants, scenarios }) {
  if (process.platform !== "linux") throw new Error("the benchmark reads /proc and runs on Linux only");
  const settings = {
    contestants: chosen(contestants, words, (name, word) => name.toLowerCase().includes(word.toLowerCase())),
    scenarios: chosen(scenarios, values.scenario ?? [], (name, word) => name === word),
    rounds: number("--rounds", values.rounds, 1, 100),
    seconds: number("--seconds", values.seconds, 0.1, 600),
    warmUpSeconds: number("--warm-up", values["warm-up"], 0, 600),
  };
  if (!Number.isInteger(settings.rounds)) throw new RangeError("--rounds is an integer");
  if (values.runtime !== undefined && !nodeRuntimes.includes(values.runtime))
    throw new RangeError(`--runtime is one of ${nodeRuntimes.join(", ")}`);
  return settings;
}

/** The head of results: when, where and with what they were measured. */
export function circumstancesOf(kind, program, pinning, versions) {
  return {
    format: 1,
    kind,
    date: new Date().toISOString(),
    command: [`node extra/backplane-bench/${program}`, ...process.argv.slice(2)].join(" "),
    machine: describeMachine(),
    load: readFileSync("/proc/loadavg", "utf8").split(" ", 1)[0],
    pinning,
    versions,
  };
}

function chosen(all, words, fits) {
  if (words.length === 0) return all;
  for (const word of words) {
    if (!all.some(({ name }) => fits(name, word)))
      throw new RangeError(`nothing is called ${word}: ${all.map(({ name }) => name).join("; ")}`);
  }
  return all.filter(({ name }) => words.some((word) => fits(name, word)));
}

function number(name, text, least, most) {
  const value = Number(text);
  if (text.trim() === "" || !(value >= least && value <= most))
    throw new RangeError(`${name} is ${least} to ${most}`);
  return value;
}

export function versionsOf(taking, runtimes) {
  const versions = {};
  for (const [name, { version }] of Object.entries(runtimes)) versions[name] = version;
  for (const kind of ["redis", "nats"]) {
    const path = findEngine(kind);
    if (path !== undefined && taking.some(({ engine }) => engine === kind)) {
      versions[path.split("/").at(-1)] = engineVersion(path);
    }
  }
  Object.assign(versions, packageVersions([{ versionOf: "@mantou/serve" }]));
  for (const name of new Set(taking.flatMap(({ packages }) => packages))) {
    const path = new URL(`node_modules/${name}/package.json`, import.meta.url);
    versions[name] = JSON.parse(readFileSync(path, "utf8")).version;
  }
  return versions;
}

function engineVersion(path) {
  return (
    /\d+\.\d+\.\d+/.exec(execFileSync(path, ["--version"], { encoding: "utf8", timeout: 5000 }))?.[0] ??
    "unknown"
  );
}
