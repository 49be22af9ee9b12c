import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { fail } from "./window.ts";

/** Milliseconds that all connections together may take to be opened, and how many more for each. */
const openLimit = 10_000;
const openLimitEach = 3;

/** Connections that are being opened at once: fewer than any server's backlog. */
const atOnce = 64;

/** All sockets read into this one buffer: what they receive is counted at once and never kept. */
const buffer = new Uint8Array(65_536);

export type Receive = (bytes: Buffer) => void;

export interface OpenOptions {
  readonly tls?: boolean;
  /** What the server's end means; without it, an error: few scenarios have a reason for one. */
  readonly ended?: () => void;
}

/** Opens a connection on which `receive`, once given, gets the bytes of each read, valid only during the call. */
export function open(
  port: number,
  connected: (socket: Socket) => Receive,
  { tls = false, ended }: OpenOptions = {},
): void {
  let receive: Receive = () => {};
  const options = {
    port,
    host: "127.0.0.1",
    noDelay: true,
    onread: {
      buffer,
      callback: (size: number, bytes: Uint8Array) => {
        receive(Buffer.from(bytes.buffer, bytes.byteOffset, size));
        return true;
      },
    },
  };
  // The certificate is self-signed, and checking it would only cost the load time.
  const socket = tls ? connectTls({ ...options, rejectUnauthorized: false }) : connect(options);
  socket.on(tls ? "secureConnect" : "connect", () => {
    receive = connected(socket);
  });
  socket.on("error", (error) => fail(`connection: ${error.message}`));
  socket.on("end", () => {
    if (ended === undefined) fail("the server closed a connection");
    ended();
  });
}

/**
 * Opens `count` connections, some at a time, and calls `ready` when all are open.
 *
 * @param connected gets each socket, and what to call when that connection is as far as it has to be
 */
export function openAll(
  count: number,
  port: number,
  connected: (socket: Socket, opened: () => void) => Receive,
  ready: () => void,
  options: OpenOptions = {},
): void {
  let begun = 0;
  let opened = 0;
  const limit = setTimeout(
    () => fail(`${opened} of ${count} connections opened`),
    openLimit + openLimitEach * count,
  );
  const next = (): void => {
    if (begun === count) return;
    begun++;
    open(port, (socket) => connected(socket, done), options);
  };
  const done = (): void => {
    opened++;
    next();
    if (opened < count) return;
    clearTimeout(limit);
    ready();
  };
  for (let first = 0; first < Math.min(atOnce, count); first++) next();
}
