import { type Measured, type Settings, turnLimit } from "../attack.ts";
import type { Vitals } from "../child/program.ts";
import { LONGEST_WAIT } from "../http/arena.ts";
import { Bystander } from "../http/bystander.ts";
import { Target } from "../target.ts";

/** The longest time for which a busy machine may stop a process. */
const WAIT_LIMIT = 10_000;
/** Milliseconds until the server must have released everything of its clients. */
const RELEASE_LIMIT = 20_000;

/** A flooded server, a bystander that only wants to be served, and what the server held before. */
export interface Scene {
  readonly target: Target;
  readonly before: Vitals;
}

/**
 * Runs a flood, and adds the rows of every flood: the server lives, a bystander was served, nothing is left of the clients.
 * @param act sends the flood, measures, and closes its clients
 * @param more flags of Node.js; the bound of a turn that must be longer than the others, with the reason beside it; and whether the flood stops
 * the server, which then refuses the bystander
 */
export async function inScene(
  settings: Settings,
  act: (scene: Scene) => Promise<readonly Measured[]>,
  more: { readonly flags?: readonly string[]; readonly turn?: number; readonly stops?: boolean } = {},
): Promise<readonly Measured[]> {
  const target = await Target.start("floods/program.js", settings, more.flags);
  const bystander = Bystander.start(target);
  try {
    await bystander.served(WAIT_LIMIT);
    const before = await target.vitals();
    await target.resetPeaks();
    await bystander.takeLongest();
    const rows = await act({ target, before });
    const left = await leftBehind(target, before);
    await bystander.served(WAIT_LIMIT);
    // Behind the departure of the clients, which costs turns, too.
    const { longestTurn } = await target.vitals();
    const refusal = more.stops === true ? null : bystander.refusal;
    return [
      ...rows,
      {
        what: "longest turn, in CPU time",
        unit: "ms",
        bound: more.turn ?? turnLimit(settings),
        measured: longestTurn,
      },
      { what: "left behind", unit: "", bound: 0, measured: left },
      {
        what: "a bystander's longest wait",
        unit: "ms",
        bound: LONGEST_WAIT,
        measured: await bystander.takeLongest(),
      },
      {
        what: "a bystander is refused",
        unit: "",
        bound: 0,
        measured: refusal === null ? 0 : 1,
        ...(refusal === null ? {} : { note: refusal }),
      },
    ];
  } catch (error) {
    if (target.alive) throw error;
    return [{ what: "the server's death", unit: "", bound: 0, measured: 1, note: String(error) }];
  } finally {
    await bystander.stop();
    await target.stop();
  }
}

/** Descriptors and requests that remain after their clients. */
async function leftBehind(target: Target, before: Vitals): Promise<number> {
  const end = performance.now() + RELEASE_LIMIT;
  for (;;) {
    const { descriptors, pendingRequests } = await target.vitals();
    const left = Math.max(0, descriptors - before.descriptors) + pendingRequests;
    if (left === 0 || performance.now() > end) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** MB that are held after a collection, more than before. A second collection may free the remains of the first. */
export async function held({ target, before }: Scene): Promise<number> {
  await target.vitals();
  const { heap, external } = await target.vitals();
  return heap + external - before.heap - before.external;
}

/** The row for it: `each` KB for each connection, besides the runtime's own variation. */
export function heldRow(measured: number, connections: number, each: number): Measured {
  return {
    what: `held for ${connections} connections`,
    unit: "MB",
    bound: 5 + (connections * each) / 1024,
    measured,
  };
}

/** The peak of physical memory in MB, more than before, garbage included. */
export async function peakRow({ target, before }: Scene, bound: number): Promise<Measured> {
  const { peakRss } = await target.vitals();
  return { what: "resident memory grown by", unit: "MB", bound, measured: peakRss - before.rss };
}
