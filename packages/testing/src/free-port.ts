import { createServer } from "node:net";

// The system takes ports above 32,767 for servers with port 0 and for connections that go out (net.ipv4.ip_local_port_range): what is free there may
// be one of those a moment later, when a server has ended and is to listen again, and a client that tries a port without a listener again and again
// may even reach itself.
const LOWEST = 12_000;
const HIGHEST = 32_767;

/** A port that stays free unless it is asked for. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().on("error", () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
