import { spawn } from "node:child_process";
import { workerNumber } from "./inherited.ts";

/** The states of a service, as sd_notify(3) has them. */
export type ServiceState = "READY=1" | "STOPPING=1";

const COMMAND = "systemd-notify";

let isReady = false;

/**
 * Tells systemd, which waits for it if the unit has `Type=notify`, the state of this process. systemd reads datagrams from a Unix socket, which
 * Node.js cannot send: its command `systemd-notify` does. Without `NOTIFY_SOCKET`, and in a worker, nothing happens. READY=1 is told once.
 */
export function notifySystemd(state: ServiceState, log: (line: string) => void = console.error): void {
  if ((process.env["NOTIFY_SOCKET"] ?? "") === "" || workerNumber() !== null) return;
  if (state === "READY=1") {
    if (isReady) return;
    isReady = true;
  }
  const failed = (why: string): void =>
    log(`NOTIFY_SOCKET is set, but systemd was not told ${state}: ${why}. Without it a unit needs Type=exec`);
  try {
    const child = spawn(COMMAND, [state], { stdio: "ignore" });
    child.unref();
    child.on("error", ({ message }) => failed(`the command ${COMMAND} cannot be started (${message})`));
    child.on("exit", (code, signal) => {
      if (code !== 0) failed(`${COMMAND} has ended with ${signal ?? `code ${code}`}`);
    });
  } catch (error) {
    failed(`the command ${COMMAND} cannot be started (${(error as Error).message})`);
  }
}
