import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";
import { check } from "../src/run/check.ts";

/** Keeps this process busy over some turns of the event loop, none of which is long. */
async function work(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    const end = performance.now() + 30;
    while (performance.now() < end);
  }
}

it("a server that never stops sending is left when the time for the whole exchange is over", async () => {
  let sent = 0;
  const server = createServer((socket) => {
    const drip = () => {
      if (!socket.writable) return;
      sent += 10;
      socket.write("0123456789", () => setImmediate(drip));
    };
    socket.on("error", () => {});
    drip();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await expect(check(url, { timeout: 50 }).next()).rejects.toThrow("is not HTTP/1.1");
  server.close();
  // All that the runner reads of one connection.
  expect(sent).toBeLessThan(4 * 1024 * 1024);
});

it("a server in this process that is busy for longer than the silence of --timeout is not silent", async () => {
  // Whatever the request is, the response is a good one: `node:http` refuses methods that it does not know without a Date.
  const server = createServer((socket) => {
    let received = "";
    socket.on("error", () => {});
    socket.on("data", async (bytes) => {
      received += bytes.toString("latin1");
      if (!received.includes("\r\n\r\n")) return;
      received = "";
      await work();
      socket.write(`HTTP/1.1 200 OK\r\nDate: ${new Date().toUTCString()}\r\nContent-Length: 0\r\n\r\n`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const kinds: string[] = [];
  for await (const { kind } of check(url, { only: ["rfc9110/6.6.1/date"], runs: 1, timeout: 100 }))
    kinds.push(kind);
  expect(kinds).toEqual(["held"]);
  server.close();
});
