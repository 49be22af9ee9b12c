// A thread of its own: a bystander must not seem to wait while the attacker's thread is busy with sending.
import { parentPort, workerData } from "node:worker_threads";
import { connect, connected } from "../connect.ts";
import { readyTime } from "../ready-time.ts";
import type { Target } from "../target.ts";

/** Milliseconds between a response and the next request. */
const PACE = 10;

const port = parentPort!;
const target = workerData as Pick<Target, "port" | "transport" | "pid">;
/** When the request without a response was sent; null when there is none. */
let asked: number | null = null;
let longest = 0;

/** Milliseconds, on a clock that stands still while the server or this thread is ready to run and others run. */
function now(): number {
  return performance.now() - readyTime("thread-self") - readyTime(target.pid);
}

async function begin(): Promise<void> {
  const socket = await connected(connect(target));
  const ask = (): void => {
    asked ??= now();
    socket.write("GET /bystander HTTP/1.1\r\nHost: test\r\n\r\n");
  };
  socket.on("data", (bytes: Buffer) => {
    const text = bytes.toString("latin1");
    // The content may come apart from its head.
    if (!text.startsWith("HTTP/")) return;
    if (!text.startsWith("HTTP/1.1 200 ")) refused(`it gets ${text.slice(0, text.indexOf("\r"))}`);
    if (asked !== null) longest = Math.max(longest, now() - asked);
    asked = null;
    port.postMessage("served");
    setTimeout(() => {
      if (!socket.destroyed) ask();
    }, PACE);
  });
  socket.on("end", () => socket.destroy());
  // If the machine stops this thread, the server takes it for idle.
  socket.on("close", connectAgain);
  ask();
}

function connectAgain(): void {
  begin().catch((error: Error) => refused(error.message));
}

function refused(why: string): void {
  port.postMessage({ why });
}

/** The longest wait since the last call; a wait that is not over counts so far. */
port.on("message", () => {
  port.postMessage(Math.max(longest, asked === null ? 0 : now() - asked));
  longest = 0;
});
connectAgain();
