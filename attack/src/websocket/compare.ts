import { type Fate, fatesOf } from "./model.ts";
import type { Entry, Program } from "./program.ts";
import type { Observation } from "./run.ts";

/** The visible events of one socket, in order. */
export interface View {
  /** The arguments of its handlers, and the results of its calls. */
  readonly log: readonly string[];
  readonly received: readonly string[];
  /** The code of the server's Close frame. */
  readonly closeCode: number | null;
}

/**
 * Each socket's view of a program; null if it had backpressure, since that depends on the system's buffers and on the clients' speed.
 * Also null if a client has left while its socket was paused: Bun notices that at once, Mantou at the next check or read; and if
 * something came from a client before a timeout was over: which of the two is first depends on the time.
 */
export function viewsOf(program: Program, { report, clients }: Observation): View[] | null {
  if (hasRaced(report.log)) return null;
  const fates = fatesOf(program, report.log);
  if (!fates.every(({ light }) => light)) return null;
  if (fates.some((fate, ws) => clients[ws]!.left !== null && hasPaused(fate))) return null;
  return fates.map((fate, ws) => {
    const { received, closeCode, left } = clients[ws]!;
    // A client that has left may have received something more before.
    return {
      log: logOf(fate),
      received: left === null ? received : [],
      closeCode: left === null ? closeCode : null,
    };
  });
}

function hasRaced(log: readonly Entry[]): boolean {
  let timeouts = 0;
  for (const entry of log) {
    if ("later" in entry && entry.when === "timeout") timeouts += entry.later === "put" ? 1 : -1;
    else if ("event" in entry && timeouts > 0) return true;
  }
  return false;
}

function hasPaused({ entries }: Fate): boolean {
  return entries.some((entry) => "call" in entry && entry.call === "pause");
}

function logOf({ entries }: Fate): string[] {
  return entries.map(lineOf);
}

function lineOf(entry: Entry): string {
  if ("threw" in entry) return `threw ${entry.threw}`;
  if ("mark" in entry) return entry.mark;
  if ("later" in entry) return `${entry.later} for the ${entry.when}`;
  if ("event" in entry) {
    if (entry.event === "message") return `message ${entry.block}`;
    return entry.event === "close" ? `close ${entry.code}` : entry.event;
  }
  const { call, returned } = entry;
  const what = "kind" in entry ? `${entry.kind} ${entry.size}` : "topic" in entry ? entry.topic : "";
  return `${call} ${what} = ${JSON.stringify(returned)}`;
}
