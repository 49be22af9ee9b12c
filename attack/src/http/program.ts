import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Program } from "../child/program.ts";
import { breakReads } from "./files.ts";
import { handle, handleError } from "./handle.ts";
import type { Stage } from "./results.ts";
import type { Case, State } from "./script.ts";
import type { Trace } from "./trace.ts";

breakReads();
const folder = mkdtempSync(join(tmpdir(), "mantou-attack-"));
// A signal or an attack ends the process: so the folder is below tmp, and its files are sparse.
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

let cases: readonly Case[] = [];
let traces: Trace[] = [];
let files = 0;

function stage(): Stage {
  return { path: () => join(folder, `${++files}`), traces };
}

/** The cases of a run. The remains of the last run are forgotten. */
function begin(next: readonly Case[]): void {
  for (const trace of traces) trace.release();
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  cases = next;
  traces = [];
}

function descriptors(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      // It was the folder's own descriptor.
      return [];
    }
  });
}

/** Serves `/<number of the case>`; any other path is a bystander's. */
export const program: Program = {
  options: {
    // Paused clients, whose departure is not seen at once, are gone by then.
    idleTimeout: 3,
    fetch: ((request: Request) => {
      const script = cases[Number(request.url.slice(request.url.lastIndexOf("/") + 1))];
      return script === undefined ? new Response("bystander") : handle(script, request, stage());
    }) as never,
    error: handleError as never,
  },
  reply(question, data, server) {
    if (question === "begin") return begin(data as readonly Case[]);
    const state: State = {
      pendingRequests: server.pendingRequests,
      descriptors: descriptors(),
      open: traces.filter(({ open }) => open).map(({ name }) => name),
      cancelledTwice: traces.filter(({ cancels }) => cancels > 1).map(({ name }) => name),
    };
    return state;
  },
};
