import net from "node:net";
import { onTestFinished } from "vitest";

/** A server that treats each connection so, until the test ends. @returns its port */
export async function listening(connected: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    connected(socket);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as net.AddressInfo).port;
}
