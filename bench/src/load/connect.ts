import { connect, type Socket } from "node:net";
import { fail } from "./window.ts";

/** Milliseconds that all connections together may take to be opened. */
const openLimit = 10_000;

/** All sockets read into this one buffer: what they receive is counted at once and never kept. */
const buffer = new Uint8Array(65_536);

export type Receive = (bytes: Buffer) => void;

/**
 * Opens a connection on which `receive`, once given, gets the bytes of each read, valid only during the call. A
 * connection that the server closes is an error: no scenario has a reason to close one.
 */
export function open(port: number, connected: (socket: Socket) => Receive): void {
  let receive: Receive = () => {};
  const socket = connect({
    port,
    host: "127.0.0.1",
    noDelay: true,
    onread: {
      buffer,
      callback: (size, bytes) => {
        receive(Buffer.from(bytes.buffer, bytes.byteOffset, size));
        return true;
      },
    },
  });
  socket.on("connect", () => {
    receive = connected(socket);
  });
  socket.on("error", (error) => fail(`connection: ${error.message}`));
  socket.on("end", () => fail("the server closed a connection"));
}

/** Calls `ready` when it was called `count` times itself, and fails when that takes too long. */
export function whenAllOpen(count: number, ready: () => void): () => void {
  let opened = 0;
  const limit = setTimeout(() => fail(`${opened} of ${count} connections opened`), openLimit);
  return () => {
    opened++;
    if (opened < count) return;
    clearTimeout(limit);
    ready();
  };
}
