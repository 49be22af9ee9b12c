import type { Program } from "../child/program.ts";
import { threadCpu } from "../child/thread-clock.ts";
import { pause } from "../http/pauses.ts";

const PIECE = new Uint8Array(64 * 1024).fill(0x61);
const PAGE = "a".repeat(10_000);

/** Milliseconds of a turn that no flood may take. */
const WORK = 700;

/** A test has asked for errors. */
let refuses = false;

/** Seconds; floods of slow clients wait for it. */
const IDLE_TIMEOUT = 6;

/** The path says what the handler does. */
async function respond(request: Request): Promise<Response> {
  if (refuses) return new Response("no", { status: 503 });
  switch (new URL(request.url).pathname) {
    case "/hang":
      // It has not read, and does not respond.
      return new Promise(() => {});
    case "/work-at-the-end":
      return new Promise(() => request.signal.addEventListener("abort", () => work(WORK)));
    case "/text":
      return new Response(String((await request.text()).length));
    case "/page":
      return new Response(PAGE);
    case "/endless":
      return new Response(
        new ReadableStream({ pull: (controller) => controller.enqueue(PIECE) }, { highWaterMark: 0 }),
      );
    case "/empty":
      return new Response(
        new ReadableStream(
          { pull: (controller) => controller.enqueue(PIECE.subarray(0, 0)) },
          { highWaterMark: 0 },
        ),
      );
    case "/late":
      await pause(500);
      return new Response("late");
    default:
      return new Response("ok");
  }
}

/** Takes milliseconds of CPU time in one turn. */
function work(milliseconds: number): void {
  const start = threadCpu();
  while (threadCpu() - start < milliseconds);
}

export const program: Program = {
  options: { idleTimeout: IDLE_TIMEOUT, fetch: respond as never },
  reply: (question, _data, server) => {
    // Not awaited: it may never end, and that is the fault to find.
    if (question === "stop") server.stop(true).catch(() => {});
    if (question === "refuse") refuses = true;
  },
};
