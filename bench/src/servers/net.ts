import { type AddressInfo, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { announce, requestedApp } from "./announce.ts";
import { cert, key } from "./certificate.ts";
import { FixedResponse } from "./fixed-response.ts";

/**
 * No HTTP at all on the documented interfaces of node:net and node:tls: what a server built on `'data'` events can reach at most.
 */
function connected(socket: Socket): void {
  const fixed = new FixedResponse();
  socket.on("data", (bytes) => {
    const reply = fixed.reply(bytes);
    if (reply === undefined) return;
    if (fixed.closes) socket.end(reply);
    else socket.write(reply);
  });
  socket.on("error", () => socket.destroy());
}

const app = requestedApp(["hello", "hello-tls"]);
const options = { noDelay: true };
const server =
  app === "hello-tls"
    ? createTlsServer({ ...options, cert, key }, connected)
    : createServer(options, connected);
server.listen(0, "127.0.0.1", () => announce((server.address() as AddressInfo).port));
