// The server under attack, in a process of its own: `node main.js <program's URL> handle|stream|tls ours|plain`.
// It dies of every uncaught error, as a server would: it has no listeners for them.
import { readdirSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { cert, key } from "@mantou/testing/tls";
import type { Program, RunningServer, Vitals } from "./program.ts";
import { TurnMeter } from "./turns.ts";

const [url = "", transport = "", mode = ""] = process.argv.slice(2);

interface Question {
  readonly id: number;
  readonly question: string;
  readonly data: unknown;
}

// Programs import the same entry.
if (mode === "plain") process.env["MANTOU_GLOBALS"] = "0";
const { serve } = await import("@mantou/serve");
const { program } = (await import(url)) as { program: Program };

// `--expose-gc` after the start: only contexts that are made from now on have its function.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const turns = new TurnMeter();
let highestRss = 0;
setInterval(() => {
  highestRss = Math.max(highestRss, process.memoryUsage.rss());
}, 5).unref();

const server = serve({
  development: false,
  ...program.options,
  hostname: "127.0.0.1",
  port: 0,
  ...(transport === "tls" ? { tls: { key, cert } } : {}),
} as unknown as Parameters<typeof serve>[0]) as unknown as RunningServer;

function resetPeaks(): void {
  turns.reset();
  highestRss = process.memoryUsage.rss();
}

function vitals(): Vitals {
  const longestTurn = turns.longest;
  const peakRss = megabytes(Math.max(highestRss, process.memoryUsage.rss()));
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  // The time of the collection is not the server's.
  turns.skip();
  return {
    rss: megabytes(rss),
    peakRss,
    heap: megabytes(heapUsed),
    external: megabytes(external),
    longestTurn,
    // One of them is the descriptor of this folder.
    descriptors: readdirSync("/proc/self/fd").length - 1,
    pendingRequests: server.pendingRequests,
    pendingWebSockets: server.pendingWebSockets,
  };
}

function megabytes(bytes: number): number {
  return bytes / 2 ** 20;
}

async function reply({ question, data }: Question): Promise<unknown> {
  if (question === "vitals") return vitals();
  if (question === "reset") return resetPeaks();
  if (question === "exit") process.exit();
  return program.reply?.(question, data, server);
}

process.on("message", (asked: Question) => {
  const { id } = asked;
  reply(asked).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
// Its parent has gone.
process.on("disconnect", () => process.exit());
process.send?.({ port: server.port });
