import { once } from "node:events";
import { turns } from "@mantou/testing/wait";
import { expect, it } from "vitest";
import { MemorySocket } from "../../src/testing/memory-socket.ts";

function pair(): { client: MemorySocket; server: MemorySocket; received: string[] } {
  const [client, server] = MemorySocket.pair(80, 50_000);
  const received: string[] = [];
  server.on("data", (bytes) => received.push(String(bytes)));
  server.on("end", () => received.push("end"));
  server.on("close", () => received.push("close"));
  return { client, server, received };
}

it("passes bytes on in a later turn, in their order, and the ends of both sides", async () => {
  const { client, server, received } = pair();
  client.write("a");
  expect(received).toEqual([]);
  client.cork();
  client.write("b");
  client.write(new Uint8Array([99]));
  client.uncork();
  client.end();
  await turns(10);
  expect(received.join(" ")).toBe("a bc end");
  let answer = "";
  client.on("data", (bytes: Buffer) => (answer += bytes.toString("latin1")));
  server.write("\u00e9", "latin1");
  server.destroySoon();
  await once(client, "close");
  expect([answer, server.destroyed]).toEqual(["\u00e9", true]);
  expect([server.remotePort, client.remotePort, server.remoteAddress]).toEqual([50_000, 80, "127.0.0.1"]);
});

it("copies what is written, whose memory its sender uses again", async () => {
  const { client, received } = pair();
  const memory = Buffer.from("first");
  client.write(memory);
  await turns(1);
  memory.fill("x");
  await turns(5);
  expect(received.join("")).toBe("first");
});

it("lets a writer wait for a reader that is paused", async () => {
  const { client, server, received } = pair();
  server.pause();
  client.write(Buffer.alloc(100_000));
  client.write("behind");
  await turns(10);
  expect(client.writableLength).toBeGreaterThan(100_000);
  server.resume();
  await turns(10);
  expect(client.writableLength).toBe(0);
  expect(client.bytesWritten).toBe(100_006);
  expect(received.at(-1)).toBe("behind");
});

it("ends the other side when one is destroyed, and breaks its writes", async () => {
  const { client, server, received } = pair();
  client.resume();
  client.destroy();
  await turns(5);
  expect(received).toEqual(["end"]);
  const failed = once(server, "error");
  server.write("late");
  expect(String((await failed)[0])).toContain("EPIPE");
  await turns(2);
  expect(server.destroyed).toBe(true);
});

it("breaks a write that waits for a reader that is destroyed", async () => {
  const { client, server } = pair();
  server.pause();
  client.write(Buffer.alloc(100_000));
  await turns(5);
  const failed = once(client, "error");
  server.destroy();
  expect(String((await failed)[0])).toContain("EPIPE");
});
