import { captureErrors } from "@mantou/testing/errors";
import { clientFrame, OPCODE } from "@mantou/testing/raw-websocket";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { FlushScheduler } from "../../src/socket/flush-scheduler.ts";
import { type Pair, pair, startWebSockets } from "../support/websocket-pair.ts";
import { spyWrites } from "../support/write-spy.ts";

const errors = captureErrors();

/** Short text frames on the wire. */
function wire(...texts: string[]): string {
  return texts.map((text) => `\x81${String.fromCharCode(text.length)}${text}`).join("");
}

function portOf({ client }: Pair): number {
  return client.client.socket.localPort!;
}

describe("what a WebSocket is sent in one turn of the event loop", () => {
  it("leaves in one write", async () => {
    const { ws, server } = await pair();
    const writes = spyWrites(server);
    for (const text of ["a", "b", "c"]) ws.send(text);
    ws.ping();
    ws.close(1000);
    expect(writes, "nothing leaves before the end of the turn").toEqual([]);
    await until(() => writes.length > 0, "a write");
    await turns();
    expect(writes.map(({ bytes }) => bytes)).toEqual([`${wire("a", "b", "c")}\x89\x00\x88\x02\x03\xe8`]);
  });

  it("leaves in one write also when it is big: pieces are not copied together", async () => {
    const { ws, server } = await pair();
    const writes = spyWrites(server);
    ws.send("first");
    ws.send(Buffer.alloc(5000, "x"));
    ws.send("last");
    await until(() => writes.length > 0, "a write");
    await turns();
    expect(writes.map(({ bytes }) => bytes)).toEqual([
      `${wire("first")}\x82\x7e\x13\x88${"x".repeat(5000)}${wire("last")}`,
    ]);
  });

  it("replies to all messages that came together in one write", async () => {
    const { client, server } = await pair({ message: (ws, message) => void ws.send(message) });
    const writes = spyWrites(server);
    client.client.write(Buffer.concat(["a", "b", "c"].map((text) => clientFrame(OPCODE.text, text))));
    await until(() => writes.length > 0, "a write");
    await turns();
    expect(writes.map(({ bytes }) => bytes)).toEqual([wire("a", "b", "c")]);
  });

  it("comes in the order of the calls, whether sent or published, by whom and to what topic", async () => {
    const { server, connect } = startWebSockets();
    const [a, b] = [await connect(), await connect()];
    for (const { ws } of [a, b]) for (const topic of ["s", "t"]) ws.subscribe(topic);
    const writes = spyWrites(server);
    server.publish("s", "1");
    server.publish("t", "2");
    a.ws.send("3a");
    server.publish("s", "4");
    b.ws.publish("t", "5 not to b");
    a.ws.publish("s", "6 not to a");
    b.ws.ping("7");
    b.ws.unsubscribe("t");
    server.publish("t", "8 not to b");
    b.ws.send("9b");
    expect(writes).toEqual([]);
    await until(() => writes.length >= 2, "two writes");
    await turns();
    const toA = wire("1", "2", "3a", "4", "5 not to b", "8 not to b");
    const toB = `${wire("1", "2", "4", "6 not to a")}\x89\x017${wire("9b")}`;
    expect(writes.length).toBe(2);
    expect(writes).toContainEqual({ port: portOf(a), bytes: toA });
    expect(writes).toContainEqual({ port: portOf(b), bytes: toB });
  });

  it("reaches every subscriber of a topic in one write each, the same bytes for all", async () => {
    const { server, connect } = startWebSockets();
    const clients: Pair[] = [];
    for (let i = 0; i < 20; i++) clients.push(await connect());
    for (const { ws } of clients) ws.subscribe("t");
    const writes = spyWrites(server);
    for (let i = 0; i < 50; i++) server.publish("t", `message ${i}`);
    await until(() => writes.length >= clients.length, "the writes");
    await turns();
    expect(writes.map(({ port }) => port).sort()).toEqual(clients.map(portOf).sort());
    const bytes = wire(...Array.from({ length: 50 }, (_, i) => `message ${i}`));
    for (const write of writes) expect(write.bytes).toBe(bytes);
  });

  it("is not held back by messages that are published while others are delivered", async () => {
    const { server, connect } = startWebSockets({
      close: () => void server.publish("t", "somebody left"),
      backpressureLimit: 1,
      closeOnBackpressureLimit: true,
    });
    const [slow, fine] = [await connect(), await connect()];
    for (const { ws } of [slow, fine]) ws.subscribe("t");
    slow.client.client.socket.pause();
    // The next delivery finds `slow` over its limit and closes it, in the middle of the flush.
    slow.ws.send(Buffer.alloc(24_000_000));
    await until(() => slow.ws.getBufferedAmount() > 1, "a backlog");
    server.publish("t", "news");
    expect(await fine.client.texts(2)).toEqual(["news", "somebody left"]);
    expect(slow.ws.readyState).toBe(3);
  });

  it("is written by and by when it is much: what waits shows as backpressure within the turn", async () => {
    const { ws, client } = await pair();
    client.client.socket.pause();
    const chunk = Buffer.alloc(100_000);
    let sent = 1;
    while (ws.send(chunk) === chunk.length && sent < 1000) sent++;
    expect(sent).toBeLessThan(1000);
    expect(ws.getBufferedAmount()).toBeGreaterThan(0);
    client.client.socket.resume();
    for (const { payload } of await client.frames(sent)) expect(payload.length).toBe(chunk.length);
  });
});

describe("the end of a turn", () => {
  it("comes for all, whatever fails: each error is reported", async () => {
    const failures = ["before", "one", "two"].map((name) => new Error(name));
    const turn = new FlushScheduler(() => {
      throw failures[0];
    });
    const flushed: string[] = [];
    const add = (name: string, error?: Error): void =>
      turn.add({
        next: null,
        flush() {
          flushed.push(name);
          if (error !== undefined) throw error;
        },
      });
    add("a");
    add("b", failures[1]);
    add("c", failures[2]);
    add("d");
    await turns();
    expect(flushed).toEqual(["a", "b", "c", "d"]);
    for (const failure of failures) expect(errors.take()).toBe(failure);
    add("e");
    await turns();
    expect(flushed.at(-1), "the next turn comes, too").toBe("e");
    expect(errors.take()).toBe(failures[0]);
  });
});
