import { Buffer } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";
import net from "node:net";
import { connect, type RawClient } from "@mantou/testing/raw-client";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { afterEachTest } from "../../../../vitest.after-each.ts";
import { BROKEN, readDirectly } from "../../src/socket/direct-read.ts";
import { listeningHandle, type StreamHandle } from "../../src/socket/node-handle.ts";

const servers: net.Server[] = [];
afterEachTest(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A client, and the handle of its connection, which is not being read. */
async function accepted(): Promise<{ client: RawClient; handle: StreamHandle }> {
  const server = net.createServer().listen(0, "127.0.0.1");
  servers.push(server);
  await until(() => server.listening, "listening");
  let handle: StreamHandle | undefined;
  listeningHandle(server)!.onconnection = (_error, connection) => {
    handle = connection;
  };
  const { port } = server.address() as net.AddressInfo;
  const client = await connect({ port }).connected();
  await until(() => handle !== undefined, "accepted");
  return { client, handle: handle! };
}

/** Reads until something else than nothing comes. */
async function readSoon(handle: StreamHandle, memory: Uint8Array, most = memory.length): Promise<number> {
  let count = 0;
  await until(() => {
    count = readDirectly(handle, memory, most);
    return count !== 0;
  }, "bytes");
  return count;
}

describe("a direct read", () => {
  it("gives what has come, up to the size of the memory and to the most that is wanted, and does not wait", async () => {
    const { client, handle } = await accepted();
    const memory = Buffer.alloc(8);
    expect(readDirectly(handle, memory, 8)).toBe(0);
    client.write("0123456789abcdef");
    expect(await readSoon(handle, memory)).toBe(8);
    expect(memory.toString()).toBe("01234567");
    expect(readDirectly(handle, memory, 3)).toBe(3);
    expect(memory.toString()).toBe("89a34567");
    expect(readDirectly(handle, memory, 8)).toBe(5);
    expect(readDirectly(handle, memory, 8)).toBe(0);
    handle.close(() => {});
  });

  it("gives nothing at the end, and tells that a connection is broken", async () => {
    const ended = await accepted();
    ended.client.end();
    expect(readDirectly(ended.handle, Buffer.alloc(8), 8)).toBe(0);
    ended.handle.close(() => {});
    const { client, handle } = await accepted();
    client.abort();
    expect(await readSoon(handle, Buffer.alloc(8))).toBe(BROKEN);
    handle.close(() => {});
  });

  it("of a closed connection does not read what has its descriptor's number by then", async () => {
    const { client, handle } = await accepted();
    client.write("bytes");
    const { fd } = handle;
    handle.close(() => {});
    // The system gives the lowest number that is free.
    const others: number[] = [];
    while (!others.includes(fd!)) others.push(openSync(import.meta.filename, "r"));
    const memory = Buffer.alloc(8);
    expect(readDirectly(handle, memory, 8)).toBe(0);
    await new Promise(setImmediate);
    expect(readDirectly(handle, memory, 8)).toBe(0);
    expect(memory.equals(Buffer.alloc(8))).toBe(true);
    readSync(fd!, memory, 0, 6, null);
    expect(memory.toString("latin1", 0, 6)).toBe("import");
    for (const other of others) closeSync(other);
  });
});
