import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compare, parseBaseline } from "../report/baseline.ts";
import { caseFileName, parseCaseFile, toCaseFile } from "../report/case-file.ts";
import { html } from "../report/html.ts";
import { jsonReport } from "../report/json.ts";
import { junit } from "../report/junit.ts";
import { markdown } from "../report/markdown.ts";
import { bySection, summary, table } from "../report/table.ts";
import { violationText } from "../report/violation.ts";
import { type Run, rules, start } from "../run/check.ts";
import { startClient } from "../run/check-client.ts";
import { replay } from "../run/replay.ts";
import type { Verdict } from "../run/verdict.ts";
import { commandCaller } from "../target/caller.ts";
import { ConnectError } from "../target/connection.ts";
import { stayingCaller } from "../target/staying-caller.ts";
import { TargetError } from "../target/target.ts";
import { type Command, parseArguments } from "./arguments.ts";
import { HELP } from "./help.ts";
import { lastInput } from "./last-input.ts";

type Check = Extract<Command, { readonly do: "check" }>;
type Broken = Extract<Verdict, { readonly kind: "broken" }>;

/** Where a command writes: its report, notes of which nothing is a part of the report, and whether progress can be shown. */
export interface Output {
  readonly print: (text: string) => void;
  readonly note: (text: string) => void;
  /** Shows text in place of the last one; null where that is not possible. */
  readonly progress: ((text: string) => void) | null;
}

/**
 * The command line from its arguments on. A target that cannot be examined is told in `note`.
 * @returns the exit code
 */
export async function runCommand(args: readonly string[], output: Output): Promise<0 | 1 | 2> {
  try {
    return await run(parseArguments(args), output);
  } catch (error) {
    const isTold =
      error instanceof TargetError || error instanceof RangeError || error instanceof ConnectError;
    if (!isTold) throw error;
    output.note(error.message);
    return 2;
  }
}

async function run(command: Command, output: Output): Promise<0 | 1 | 2> {
  const { print, note } = output;
  switch (command.do) {
    case "help":
      print(HELP);
      return 0;
    case "version": {
      const file = new URL("../../package.json", import.meta.url);
      print(JSON.parse(await readFile(file, "utf8")).version);
      return 0;
    }
    case "rules":
      for (const { id, level, says } of rules) print(`${id}\n  ${level.toUpperCase()}: ${says}`);
      return 0;
    case "fail":
      note(`${command.message}\nmantou-conformance --help lists the options`);
      return 2;
    case "replay":
      return replayFile(command, output);
    case "check":
      return examine(command, () => start(command.url, command.options), output);
    case "client":
      return examine(command, () => startCommand(command, output), output);
  }
}

/** Starts the examination of a client. */
function startCommand(
  { command, stays, options }: Extract<Command, { readonly do: "client" }>,
  { note }: Output,
): Promise<Run> {
  const listening = (port: number) =>
    note(
      `Waiting for a client at ws://127.0.0.1:${port}/: each connection is one trial, so connect again and again`,
    );
  const caller = command === null ? null : (stays ? stayingCaller : commandCaller)(command);
  return startClient(caller, { ...options, listening });
}

async function examine(
  { save, baseline, format }: Pick<Check, "save" | "baseline" | "format">,
  begin: () => Promise<Run>,
  output: Output,
): Promise<0 | 1 | 2> {
  const { print, note } = output;
  const began = performance.now();
  const known = baseline === undefined ? new Set<string>() : await readAs(baseline, parseBaseline, output);
  if (known === null) return 2;
  const run = await begin();
  if (run.rules.length === 0) {
    note("None of the rules that are chosen is about this target: --rules lists them");
    return 2;
  }
  const verdicts = await collect(run, output);
  const took = performance.now() - began;
  const broken = bySection(verdicts).filter((verdict) => verdict.kind === "broken");
  const isSaved = save === undefined || (await saveCases(save, broken, output));
  const comparison = compare(verdicts, known);
  if (format === "json") print(JSON.stringify(jsonReport(run, verdicts), null, 2));
  else if (format === "junit") print(junit(run.target, verdicts));
  else if (format === "markdown") print(markdown(run.target, verdicts, took));
  else if (format === "html") print(html(run.target, verdicts, took, new Date()));
  else {
    for (const verdict of broken) {
      if (!known.has(verdict.rule.id)) print(`${violationText(verdict)}\n`);
    }
    print(`${table(verdicts)}\n\n${summary(verdicts, took)}; seed ${run.seed}`);
  }
  if (baseline !== undefined) {
    for (const { rule } of comparison.mended) note(`${rule.id} is mended: take it out of the baseline`);
    note(
      `${comparison.added.length} new, ${comparison.known.length} known, ${comparison.mended.length} mended`,
    );
  }
  const unknown = verdicts.filter((verdict) => verdict.kind === "unknown");
  if (unknown.length > 0) note(lastInput(unknown));
  if (unknown.length > 0 || !isSaved) return 2;
  return comparison.added.length > 0 ? 1 : 0;
}

async function collect(run: Run, { progress }: Output): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for await (const verdict of run.verdicts) {
    verdicts.push(verdict);
    progress?.(`${verdicts.length} of ${run.rules.length} rules: ${verdict.rule.id}`);
  }
  progress?.("");
  return verdicts;
}

/** @returns whether all could be written; what could not is told */
async function saveCases(folder: string, broken: readonly Broken[], { note }: Output): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    for (const verdict of broken) {
      const text = JSON.stringify(toCaseFile(verdict), null, 2);
      await writeFile(join(folder, caseFileName(verdict.rule.id)), `${text}\n`);
    }
    return true;
  } catch (error) {
    note(`The case files cannot be written to ${folder}: ${(error as Error).message}`);
    return false;
  }
}

/** @returns null if the file cannot be read, which is told */
async function readAs<T>(file: string, parse: (text: string) => T, { note }: Output): Promise<T | null> {
  try {
    return parse(await readFile(file, "utf8"));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    note(`${file} cannot be read: ${error.message}`);
    return null;
  }
}

async function replayFile(
  { url, file, options }: Extract<Command, { readonly do: "replay" }>,
  output: Output,
): Promise<0 | 1 | 2> {
  const { print } = output;
  const parsed = await readAs(file, parseCaseFile, output);
  if (parsed === null) return 2;
  const verdict = await replay(url, parsed, options);
  if (verdict.kind === "broken") print(violationText(verdict));
  else if (verdict.kind === "held") print(`${verdict.rule.id}: held`);
  else print(`${verdict.rule.id}: not applicable: ${verdict.reason}`);
  return verdict.kind === "broken" ? 1 : 0;
}
