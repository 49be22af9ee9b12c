/** The channel to what has started this process, for a process that runs the program in its place: `ipc` of `Bun.spawn`, `fork` of Node.js. */
import type {
  ChildProcess,
  SendHandle,
  Serializable,
  SerializationType,
  SpawnOptions,
} from "node:child_process";
import { Socket } from "node:net";

/** What `spawn` gets besides, so that the child has a channel if this process has one. */
export function channelOptions(): { readonly descriptors: "ipc"[]; readonly options: SpawnOptions } {
  return process.connected
    ? { descriptors: ["ipc"], options: { serialization: ownFormat() } }
    : { descriptors: [], options: {} };
}

/** The format of this process's channel, which Node.js does not tell. JSON calls `toJSON`, the other format refuses functions. Nothing is sent. */
function ownFormat(): SerializationType {
  let format: SerializationType = "advanced";
  const toJSON = (): never => {
    format = "json";
    throw new Error();
  };
  try {
    process.send!({ toJSON });
  } catch {
    // By both formats.
  }
  return format;
}

/**
 * Passes messages on, both ways.
 * @returns a promise that settles when the child has no channel any more, and its last message has left
 */
export async function passMessages(child: ChildProcess): Promise<void> {
  if (child.channel === null || child.channel === undefined) return;
  let lastToChild: Promise<void> = Promise.resolve();
  let lastToParent: Promise<void> = Promise.resolve();
  const toChild = (message: Serializable, handle?: SendHandle): void => {
    if (child.connected) lastToChild = send(child, message, handle);
  };
  const toParent = (message: Serializable, handle?: SendHandle): void => {
    if (process.connected) lastToParent = send(process, message, handle);
  };
  // Node.js drops what waits when a channel is closed.
  const disconnectChild = async (): Promise<void> => {
    await lastToChild;
    if (child.connected) child.disconnect();
  };
  process.on("message", toChild);
  process.on("disconnect", disconnectChild);
  child.on("message", toParent);
  await new Promise<void>((resolve) => child.once("disconnect", resolve));
  process.off("message", toChild);
  process.off("disconnect", disconnectChild);
  await lastToParent;
}

/** @returns a promise that resolves when the message has left, or cannot leave: what comes too late, or is no message, ends nothing */
function send(to: ChildProcess | NodeJS.Process, message: Serializable, handle?: SendHandle): Promise<void> {
  return new Promise<void>((resolve) => {
    to.send!(message, handle, {}, () => {
      // Node.js closes a socket that has left. A server would take connections here, which nothing answers.
      if (handle !== undefined && !(handle instanceof Socket)) handle.close();
      resolve();
    });
  }).catch((error: unknown) => {
    console.error("mantou: a message could not be passed on:", error);
  });
}

export function closeChannel(): void {
  if (process.connected) process.disconnect();
}
