import { inheritedSockets, type PrimaryMessage } from "../socket/inherited.ts";
import { setEnding } from "./readiness.ts";
import { stopRunning } from "./running.ts";

let prepared = false;

/**
 * A worker of `runWorkers` responds to the requests under way before it ends: on SIGTERM, and when the process that has started it is gone. Programs
 * that listen to the signal decide for themselves, as those under `mantou` do, which has a listener of its own. In other processes nothing happens.
 */
export function prepareWorker(): void {
  if (prepared || inheritedSockets().worker === null) return;
  prepared = true;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // A terminal sends SIGINT to all its processes, and the other one then sends SIGTERM: one end, and not a second signal.
    if (process.listenerCount(signal) === 0) process.on(signal, () => drain(signal));
  }
  process.on("message", (message: PrimaryMessage | null) => {
    if (message?.mantou === "withdraw") setEnding(true);
  });
  const end = (): void => void process.kill(process.pid, "SIGTERM");
  if (process.connected) process.on("disconnect", end);
  else end();
  // The listener alone would keep a worker alive that has stopped its servers.
  process.channel?.unref();
}

function drain(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  void stopRunning().then(() => process.exit(0));
}
