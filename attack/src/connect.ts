import net from "node:net";
import tls from "node:tls";
import type { Target } from "./target.ts";

/** A connection to the server under attack; over TLS if it speaks that. An error is not thrown: `close` follows it. */
export function connect({ port, transport }: Pick<Target, "port" | "transport">): net.Socket {
  const options = { port, host: "127.0.0.1", allowHalfOpen: true };
  const socket =
    transport === "tls" ? tls.connect({ ...options, rejectUnauthorized: false }) : net.connect(options);
  socket.on("error", () => {});
  return socket;
}

/** Resolves when bytes can be sent; rejects if the server does not let it in. */
export function connected(socket: net.Socket): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    socket.once(socket instanceof tls.TLSSocket ? "secureConnect" : "connect", () => resolve(socket));
    socket.once("close", () => reject(new Error("The server does not take the connection")));
  });
}
