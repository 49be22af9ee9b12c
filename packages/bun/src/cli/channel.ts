/** The channel to what has started this process, for a process that runs the program in its place: `ipc` of `Bun.spawn`, `fork` of Node.js. */
import type { ChildProcess, SendHandle, Serializable, SpawnOptions } from "node:child_process";
import { once } from "node:events";

/** What `spawn` gets besides, so that the child has a channel if this process has one. This format carries all that the other one does. */
export function channelOptions(): { readonly descriptors: "ipc"[]; readonly options: SpawnOptions } {
  return process.connected
    ? { descriptors: ["ipc"], options: { serialization: "advanced" } }
    : { descriptors: [], options: {} };
}

/**
 * Passes messages on, both ways.
 * @returns a promise that settles when the child has no channel any more, and its last message has left
 */
export async function passMessages(child: ChildProcess): Promise<void> {
  if (child.channel === null || child.channel === undefined) return;
  const toChild = (message: Serializable, handle?: SendHandle): void => {
    // With a function for its error, one that comes too late ends nothing.
    if (child.connected) child.send(message, handle, {}, () => {});
  };
  let last: Promise<void> = Promise.resolve();
  const toParent = (message: Serializable, handle?: SendHandle): void => {
    if (!process.connected) return;
    last = new Promise((resolve) => process.send!(message, handle, {}, () => resolve()));
  };
  const disconnectChild = (): void => {
    if (child.connected) child.disconnect();
  };
  process.on("message", toChild);
  process.on("disconnect", disconnectChild);
  child.on("message", toParent);
  await once(child, "disconnect");
  process.off("message", toChild);
  process.off("disconnect", disconnectChild);
  await last;
}

export function closeChannel(): void {
  if (process.connected) process.disconnect();
}
