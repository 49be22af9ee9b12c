import net from "node:net";
import { Duplex } from "node:stream";
import tls from "node:tls";
import type { Target } from "./target.ts";

/** The TCP connections under TLS, since TLS sockets cannot be reset. */
const carriers = new WeakMap<net.Socket, net.Socket>();

/** A connection to the server under attack, over TLS if the server speaks it. It does not throw errors: `close` follows them. */
export function connect({ port, transport }: Pick<Target, "port" | "transport">): net.Socket {
  const carrier = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  carrier.on("error", () => {});
  if (transport !== "tls") return carrier;
  const socket = tls.connect({ socket: asStream(carrier), rejectUnauthorized: false });
  socket.on("error", () => {});
  carriers.set(socket, carrier);
  return socket;
}

/**
 * The same connection as a stream that is not a socket. TLS drives the handle of a socket itself, and a reset of that handle ends
 * Node.js with a segmentation fault.
 */
function asStream(carrier: net.Socket): Duplex {
  const stream = new Duplex({
    read: () => void carrier.resume(),
    write: (chunk, _encoding, done) => void carrier.write(chunk, () => done()),
    final: (done) => void carrier.end(() => done()),
    destroy(error, done) {
      carrier.destroy();
      done(error);
    },
  });
  stream.on("error", () => {});
  carrier.on("data", (chunk) => {
    if (!stream.push(chunk)) carrier.pause();
  });
  carrier.on("end", () => stream.push(null));
  carrier.on("close", () => stream.destroy());
  return stream;
}

/** Resolves when bytes can be sent; rejects if the server refuses the connection. */
export function connected(socket: net.Socket): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    socket.once(socket instanceof tls.TLSSocket ? "secureConnect" : "connect", () => resolve(socket));
    socket.once("close", () => reject(new Error("The server refuses the connection")));
  });
}

/** Leaves by RST. */
export function reset(socket: net.Socket): void {
  (carriers.get(socket) ?? socket).resetAndDestroy();
  socket.destroy();
}
