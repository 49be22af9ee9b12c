import { Buffer } from "node:buffer";
import net from "node:net";
import tls from "node:tls";
import { connect, RawClient } from "@mantou/testing/raw-client";
import { cert, key } from "@mantou/testing/tls";
import { turnCounter, turns, until } from "@mantou/testing/wait";
import { afterEach, describe, expect, it } from "vitest";
import { adoptConnections } from "../../src/socket/listener.ts";
import { SocketTransport } from "../../src/socket/socket-transport.ts";
import { READ_BYTES_A_TURN, type Transport, type TransportHandler } from "../../src/socket/transport.ts";

/** Keeps what a transport tells. */
class Recorder implements TransportHandler {
  text = "";
  ends = 0;
  closes = 0;
  takeMemory?(): Uint8Array | null;

  onBytes(buffer: Buffer, start: number, end: number): void {
    this.text += buffer.toString("latin1", start, end);
  }

  onEnd(): void {
    this.ends++;
  }

  onClose(): void {
    this.closes++;
  }
}

let listening: net.Server | null = null;
afterEach(() => listening?.close());

type Mode = "handle" | "stream" | "secure";

/** A connection that is read in one of the three ways. */
async function open(
  mode: Mode,
): Promise<{ transport: Transport; recorder: Recorder; client: RawClient; reset: () => void }> {
  const server =
    mode === "secure" ? tls.createServer({ key, cert }) : net.createServer({ allowHalfOpen: true });
  listening = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const recorder = new Recorder();
  let transport: Transport | null = null;
  const makeHandler = (opened: Transport): TransportHandler => {
    transport = opened;
    return recorder;
  };
  const closed = (): void => {};
  if (mode === "handle") expect(adoptConnections(server, makeHandler, closed)).toBe(true);
  else
    server.on(mode === "secure" ? "secureConnection" : "connection", (socket: net.Socket) => {
      new SocketTransport(socket, makeHandler, closed);
    });
  const below = connect({ port: (server.address() as net.AddressInfo).port });
  const client =
    mode === "secure"
      ? new RawClient(tls.connect({ socket: below.socket, rejectUnauthorized: false }))
      : below;
  await until(() => transport !== null, "a connection");
  return { transport: transport!, recorder, client, reset: () => below.abort() };
}

describe.each<Mode>(["handle", "stream"])("a transport (%s)", (mode) => {
  it("gives the bytes in order, the client's end, and the close, once", async () => {
    const { transport, recorder, client } = await open(mode);
    const text = Array.from({ length: 20_000 }, (_, i) => `${i},`).join("");
    client.write(text).end();
    await until(() => recorder.ends === 1, "the end");
    expect(recorder.text).toBe(text);
    expect(transport.closed).toBe(false);
    transport.write("caf\xe9 after the end");
    transport.end();
    expect((await client.closedByServer()).toString("latin1")).toBe("caf\xe9 after the end");
    await until(() => recorder.closes === 1, "the close");
    expect(transport.closed).toBe(true);
    await turns();
    expect([recorder.ends, recorder.closes]).toEqual([1, 1]);
  });

  it("reads nothing while it is paused, and loses nothing", async () => {
    const { transport, recorder, client } = await open(mode);
    client.write("before ");
    await until(() => recorder.text === "before ", "read");
    transport.pause();
    client.write("while ");
    await turns(20);
    expect(recorder.text).toBe("before ");
    transport.resume();
    await until(() => recorder.text === "before while ", "read on");
    client.write("after");
    await until(() => recorder.text === "before while after", "read on");
  });

  it("leaves the event loop to others between many blocks, and stays paused where it was paused", async () => {
    const { perTurn, count } = turnCounter();
    const { transport, recorder, client } = await open(mode);
    let read = 0;
    recorder.onBytes = (_buffer, start, end) => {
      for (let at = start; at < end; at += 1024) count();
      read += end - start;
      if (read >= READ_BYTES_A_TURN && read - (end - start) < READ_BYTES_A_TURN) transport.pause();
    };
    // The kernel's buffers are full when it is read.
    transport.pause();
    client.write(Buffer.alloc(8 * 1024 * 1024));
    await turns(50);
    transport.resume();
    await until(() => read >= READ_BYTES_A_TURN, "the first blocks");
    const before = read;
    await turns(20);
    expect(read).toBe(before);
    transport.resume();
    await until(() => read === 8 * 1024 * 1024, "all of it");
    // Up to a block more.
    expect(Math.max(...perTurn()) * 1024).toBeLessThan(READ_BYTES_A_TURN + 128 * 1024);
  });

  it("reads nothing but the next bytes into a handler's memory, and no more of them than fit", async () => {
    const { transport, recorder, client } = await open(mode);
    const size = 1024 * 1024;
    const content = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7919) >> 5));
    const memory = Buffer.alloc(300 * 1024);
    let used = 0;
    let at = 0;
    let direct = 0;
    recorder.takeMemory = () => (used < memory.length ? memory.subarray(used) : null);
    recorder.onBytes = (buffer, start, end) => {
      expect(buffer.compare(content, at, at + end - start, start, end)).toBe(0);
      at += end - start;
      if (buffer.buffer !== memory.buffer) return;
      direct += end - start;
      used += end - start;
    };
    transport.pause();
    client.write(content);
    await turns(50);
    transport.resume();
    await until(() => at === size, "all of it");
    expect(direct).toBe(mode === "handle" ? memory.length : 0);
  });

  it("has its share of a turn also where it reads into a handler's memory", async () => {
    const { perTurn, count } = turnCounter();
    const { transport, recorder, client } = await open(mode);
    const size = 8 * 1024 * 1024;
    let read = 0;
    recorder.takeMemory = () => Buffer.alloc(size - read);
    recorder.onBytes = (_buffer, start, end) => {
      for (let at = start; at < end; at += 1024) count();
      read += end - start;
    };
    transport.pause();
    client.write(Buffer.alloc(size));
    await turns(50);
    transport.resume();
    await until(() => read === size, "all of it");
    // Up to a block more.
    expect(Math.max(...perTurn()) * 1024).toBeLessThan(READ_BYTES_A_TURN + 128 * 1024);
  });

  it("reads nothing into a handler's memory once that has paused or closed it", async () => {
    for (const stop of ["pause", "destroy"] as const) {
      const { transport, recorder, client } = await open(mode);
      let asked = 0;
      let read = 0;
      recorder.takeMemory = () => {
        asked++;
        return Buffer.alloc(1024 * 1024);
      };
      recorder.onBytes = (_buffer, start, end) => {
        read += end - start;
        transport[stop]();
      };
      transport.pause();
      client.write(Buffer.alloc(1024 * 1024));
      await turns(50);
      transport.resume();
      await until(() => read > 0, "a block");
      await turns();
      expect(asked).toBe(0);
      listening?.close();
    }
  });

  it("tells when everything is written, also what waits for a slow reader", async () => {
    const { transport, client } = await open(mode);
    client.socket.pause();
    let drained = 0;
    transport.whenDrained(() => drained++);
    await until(() => drained === 1, "nothing to wait for");
    const size = 16 * 1024 * 1024;
    transport.write("x".repeat(size));
    transport.whenDrained(() => drained++);
    transport.whenDrained(() => drained++);
    await turns(50);
    expect(drained).toBe(1);
    expect(transport.buffered).toBeGreaterThan(0);
    const { taken } = transport;
    expect(taken).toBeLessThan(size);
    client.socket.resume();
    await until(() => drained === 3, "drained");
    expect(transport.buffered).toBe(0);
    expect(transport.taken).toBe(size);
    expect(taken).toBeLessThan(transport.taken);
    expect((await client.bytes(size)).length).toBe(size);
  });

  it("calls those that wait for writing when the connection is lost", async () => {
    const { transport, recorder, client } = await open(mode);
    client.socket.pause();
    let drained = 0;
    transport.write("x".repeat(16 * 1024 * 1024));
    transport.whenDrained(() => drained++);
    await turns(20);
    client.abort();
    await until(() => drained === 1 && recorder.closes === 1, "told");
    transport.whenDrained(() => drained++);
    await until(() => drained === 2, "told at once");
  });

  it("reports what was written before, and not only what others wait for", async () => {
    const { transport, client } = await open(mode);
    client.socket.pause();
    const told: string[] = [];
    transport.whenDrained(() => told.push("first"));
    transport.write("x".repeat(16 * 1024 * 1024));
    transport.whenDrained(() => told.push("second"));
    await until(() => told.length === 1, "nothing to wait for");
    await turns(20);
    expect(told).toEqual(["first"]);
    expect(transport.buffered).toBeGreaterThan(0);
    client.socket.resume();
    await until(() => told.length === 2, "drained");
    expect(transport.buffered).toBe(0);
  });

  it("ignores what is written when it is closed", async () => {
    const { transport, recorder } = await open(mode);
    transport.destroy();
    transport.write("late");
    transport.writeAll(["late", Uint8Array.of(1)]);
    transport.end();
    transport.close();
    transport.destroy();
    await until(() => recorder.closes === 1, "the close");
    transport.write("later");
    transport.pause();
    transport.resume();
    await turns();
    expect(recorder.closes).toBe(1);
  });

  it("writes several pieces as they are", async () => {
    const { transport, client } = await open(mode);
    transport.writeAll(["caf\xe9 ", Uint8Array.of(0, 255), " end"]);
    expect((await client.bytes(11)).toString("latin1")).toBe("caf\xe9 \x00\xff end");
  });

  it("writes what comes while it still writes behind that, in order", async () => {
    const { transport, client } = await open(mode);
    client.socket.pause();
    const size = 8 * 1024 * 1024;
    transport.write("a".repeat(size));
    await turns(20);
    const before = transport.buffered;
    expect(before).toBeGreaterThan(0);
    transport.write("caf\xe9 ");
    transport.writeBytes(Uint8Array.of(0, 255));
    transport.writeAll([" b", Buffer.alloc(size, "c"), "d"]);
    expect(transport.buffered - before).toBe(5 + 2 + 2 + size + 1);
    transport.end();
    transport.write("too late");
    client.socket.resume();
    const received = (await client.closedByServer()).toString("latin1");
    const expected = `${"a".repeat(size)}caf\xe9 \x00\xff b${"c".repeat(size)}d`;
    expect(received === expected).toBe(true);
  });

  it("closes when everything is written, without waiting for the client's end", async () => {
    const { transport, recorder, client } = await open(mode);
    client.socket.pause();
    const size = 8 * 1024 * 1024;
    transport.write("a".repeat(size));
    transport.close();
    transport.close();
    await turns(20);
    expect(recorder.closes).toBe(0);
    client.socket.resume();
    expect((await client.closedByServer()).length).toBe(size);
    await until(() => recorder.closes === 1, "the close");
    expect(recorder.ends).toBe(0);
  });

  it("is over when both sides have ended, whichever ends first", async () => {
    for (const first of ["client", "server"]) {
      const { transport, recorder, client } = await open(mode);
      if (first === "client") {
        client.end();
        await until(() => recorder.ends === 1, "the client's end");
        transport.end();
      } else {
        transport.end();
        await client.closedByServer();
        client.end();
      }
      await until(() => recorder.closes === 1, "the close");
      expect(transport.closed).toBe(true);
      expect(recorder.ends).toBe(1);
      listening?.close();
    }
  });

  it("is over when the client resets it, while it reads and while it writes", async () => {
    for (const writes of [false, true]) {
      const { transport, recorder, client } = await open(mode);
      client.socket.pause();
      if (writes) transport.write("x".repeat(8 * 1024 * 1024));
      await client.connected();
      client.abort();
      await until(() => recorder.closes === 1, "the close");
      expect(transport.address).toBe(null);
      listening?.close();
    }
  });

  it("knows its client", async () => {
    const { transport, client } = await open(mode);
    await client.connected();
    expect(transport.remoteAddress).toBe("127.0.0.1");
    expect(transport.address).toEqual({
      address: "127.0.0.1",
      family: "IPv4",
      port: client.socket.localPort,
    });
  });

  it("hands over to another handler", async () => {
    const { transport, recorder, client } = await open(mode);
    const next = new Recorder();
    client.write("first");
    await until(() => recorder.text === "first", "read");
    transport.handler = next;
    client.write("second");
    await until(() => next.text === "second", "read by the other");
    client.destroy();
    await until(() => next.ends === 1, "the end");
    transport.destroy();
    await until(() => next.closes === 1, "the close");
    expect([recorder.text, recorder.ends, recorder.closes]).toEqual(["first", 0, 0]);
  });
});

it.each<Mode>([
  "handle",
  "stream",
  "secure",
])("a transport resets the connection once, and closes one that has ended already: %s", async (mode) => {
  const first = await open(mode);
  // The client has read the session tickets then: one on Node.js 20 takes a reset for an end that comes in one turn with the last bytes.
  first.client.write("request");
  await until(() => first.recorder.text === "request", "the request");
  first.transport.reset();
  first.transport.reset();
  first.transport.destroy();
  await until(() => first.client.closed && first.recorder.closes === 1, "the close");
  expect([first.client.reset, first.client.ended]).toEqual([true, false]);
  const second = await open(mode);
  second.transport.end();
  second.transport.reset();
  await until(() => second.recorder.closes === 1, "the close of the other");
  await turns();
  expect([first.recorder.closes, second.recorder.closes]).toEqual([1, 1]);
});

it.each<Mode>([
  "handle",
  "stream",
  "secure",
])("a transport that is paused detects a reset: %s", async (mode) => {
  const { transport, recorder, client, reset } = await open(mode);
  recorder.onBytes = () => transport.pause();
  client.write(Buffer.alloc(1024 * 1024));
  await turns(50);
  transport.probe();
  await turns();
  expect(transport.closed).toBe(false);
  reset();
  await until(() => {
    transport.probe();
    return recorder.closes === 1;
  }, "the close");
  expect(transport.closed).toBe(true);
});

describe("adoption", () => {
  it("is left alone where there is no handle that we know", () => {
    const makeHandler = (): never => {
      throw new Error("nothing to accept");
    };
    const closed = (): void => {};
    expect(adoptConnections(net.createServer(), makeHandler, closed)).toBe(false);
    for (const handle of [{}, { onconnection() {} }]) {
      const server = { _handle: handle } as unknown as net.Server;
      expect(adoptConnections(server, makeHandler, closed)).toBe(false);
    }
  });
});
