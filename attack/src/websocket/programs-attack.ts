import fc from "fast-check";
import type { Attack, Measured } from "../attack.ts";
import { program } from "./arbitraries.ts";
import { Arena } from "./arena.ts";

/** Milliseconds that no turn of the server may take. */
const TURN_LIMIT = 50;
/** More than fit into the time. */
const MAX_RUNS = 1_000_000;

export const programs: Attack = {
  name: "WebSocket programs",
  about:
    "Generated handlers and clients: what send returns is true, nothing else is lost, order holds, close runs once, all is released.",
  // The machine and its queues are the same over TLS.
  transports: ["handle", "stream"],
  async run({ transport, plain, seed, budget }): Promise<readonly Measured[]> {
    if (transport === "tls") return [];
    // Turns are a row of their own.
    const arena = new Arena({ bun: null, transport, plain }, Number.POSITIVE_INFINITY);
    try {
      const details = await fc.check(
        fc.asyncProperty(program, (one) => arena.check(one)),
        { seed, numRuns: MAX_RUNS, interruptAfterTimeLimit: budget, markInterruptAsFailure: false },
      );
      const note = details.failed ? { note: fc.defaultReportMessage(details) ?? "" } : {};
      return [
        { what: "programs that fail", unit: "", bound: 0, measured: details.failed ? 1 : 0, ...note },
        { what: "longest turn", unit: "ms", bound: TURN_LIMIT, measured: arena.longestTurn },
      ];
    } finally {
      await arena.stop();
    }
  },
};
