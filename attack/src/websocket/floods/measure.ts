import { type Measured, type Settings, turnLimit } from "../../attack.ts";
import { readyTime } from "../../ready-time.ts";
import { Target } from "../../target.ts";
import { frame, OPCODE, Peer } from "./peer.ts";

/** The bounds of a flood's cost, in MB and ms; omitted ones do not matter. */
export interface Bounds {
  readonly memory: number;
  /** Of one turn of the server's event loop, where it cannot be as short as the others. */
  readonly turn?: number;
  /** The longest wait of another client for the echo of a message, without the time in which other processes had the machine. */
  readonly wait: number;
}

/** The message that another client sends meanwhile, for its echo. */
export interface Other {
  readonly bytes: Uint8Array;
  readonly extensions?: string;
}

const SERVER = "websocket/floods/server.js";
/** Milliseconds between two of a bystander's messages. */
const BEAT = 20;

/** Runs a flood against a server of its own, beside another client, and measures its cost. */
export async function measure(
  settings: Settings,
  bounds: Bounds,
  flood: (target: Target) => Promise<readonly Measured[]>,
  message: Other = { bytes: frame(OPCODE.binary, "are you there?") },
): Promise<readonly Measured[]> {
  const target = await Target.start(SERVER, settings);
  try {
    // One-time compilation and allocation do not count.
    const first = await Peer.open(target);
    const before = await target.vitals();
    await target.resetPeaks();
    const bystander = new Bystander(target, await Peer.open(target, message.extensions), message.bytes);
    const own = await flood(target);
    const longest = await bystander.stop();
    await settled(target, before.descriptors);
    const after = await target.vitals();
    first.leave();
    const { peakRss, longestTurn, descriptors } = after;
    return [
      ...own,
      { what: "memory at most", unit: "MB", bound: bounds.memory, measured: peakRss - before.rss },
      {
        what: "longest turn, in CPU time",
        unit: "ms",
        bound: bounds.turn ?? turnLimit(settings),
        measured: longestTurn,
      },
      { what: "another client waits", unit: "ms", bound: bounds.wait, measured: longest },
      { what: "descriptors left", unit: "", bound: 0, measured: descriptors - before.descriptors },
    ];
  } catch (error) {
    return [{ what: "the server lives and responds", unit: "", bound: 0, measured: 1, note: String(error) }];
  } finally {
    await target.stop();
  }
}

/** Waits until the connections of the flood are gone, for a while. */
async function settled(target: Target, descriptors: number): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if ((await target.ask<number>("descriptors")) <= descriptors) return;
    await pause(50);
  }
}

/** Waits until the server has run that many commands. */
export async function untilDone(target: Target, commands: number): Promise<void> {
  while ((await target.ask<number>("done")) < commands) await pause(10);
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Another client. It sends a message now and then, and measures the time of its echo. */
class Bystander {
  readonly #target: Target;
  readonly #peer: Peer;
  #longest = 0;
  #over = false;
  readonly #done: Promise<void>;

  constructor(target: Target, peer: Peer, message: Uint8Array) {
    this.#target = target;
    this.#peer = peer;
    this.#done = this.#beat(message);
    // `stop` reports the error.
    this.#done.catch(() => {});
  }

  async #beat(message: Uint8Array): Promise<void> {
    const peer = this.#peer;
    while (!this.#over) {
      const start = this.#now();
      const wanted = peer.received + 1;
      peer.socket.write(message);
      await peer.until(() => peer.received >= wanted);
      if (peer.closed) throw new Error("another client was closed");
      this.#longest = Math.max(this.#longest, this.#now() - start);
      await pause(BEAT);
    }
  }

  /** Milliseconds, on a clock that stands still while the server or this process is ready to run and others run. */
  #now(): number {
    return performance.now() - readyTime("thread-self") - readyTime(this.#target.pid);
  }

  /** @returns the longest that an echo has taken, in ms */
  async stop(): Promise<number> {
    this.#over = true;
    await this.#done;
    this.#peer.leave();
    return this.#longest;
  }
}
