// A thread of its own: a bystander must not seem to wait while the attacker's thread is busy with sending.
import { parentPort, workerData } from "node:worker_threads";
import { connect, connected } from "../connect.ts";
import type { Target } from "../target.ts";

/** Milliseconds between a response and the next request. */
const PACE = 10;

const port = parentPort!;
/** When the request without a response was sent. */
let asked = 0;
let longest = 0;

async function begin(): Promise<void> {
  const socket = await connected(connect(workerData as Pick<Target, "port" | "transport">));
  const ask = (): void => {
    if (asked === 0) asked = performance.now();
    socket.write("GET /bystander HTTP/1.1\r\nHost: test\r\n\r\n");
  };
  socket.on("data", () => {
    longest = Math.max(longest, performance.now() - asked);
    asked = 0;
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
  begin().catch(() => port.postMessage("cut off"));
}

/** The longest wait since the last call; a wait that is not over counts so far. */
port.on("message", () => {
  port.postMessage(Math.max(longest, asked === 0 ? 0 : performance.now() - asked));
  longest = 0;
});
connectAgain();
