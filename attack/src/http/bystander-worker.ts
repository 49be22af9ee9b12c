// A thread of its own: while the attacker's is busy with sending, a bystander must not seem to wait.
import { parentPort, workerData } from "node:worker_threads";
import { connect, connected } from "../connect.ts";
import type { Target } from "../target.ts";

/** Milliseconds between an answer and the next request. */
const PACE = 10;

const port = parentPort!;
/** When the request that has no answer yet was asked. */
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
  // On a machine that lets this thread stand still, the server takes it for idle.
  socket.on("close", connectAgain);
  ask();
}

function connectAgain(): void {
  begin().catch(() => port.postMessage("cut off"));
}

/** The longest wait since this was last asked for; one that is not over counts so far. */
port.on("message", () => {
  port.postMessage(Math.max(longest, asked === 0 ? 0 : performance.now() - asked));
  longest = 0;
});
connectAgain();
