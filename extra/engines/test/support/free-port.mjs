import { createServer } from "node:net";

// The system takes ports above 32,767 for connections that go out (net.ipv4.ip_local_port_range): what is free there may be one of those a moment later, when
// an engine has been killed and is to listen again, and a client that tries a port without a listener again and again may even reach itself.
const LOWEST = 12_000;
const HIGHEST = 32_767;

/** A port of 127.0.0.1 that stays free unless it is asked for. */
export async function freePort() {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (await isFree(port)) return port;
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer().on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
