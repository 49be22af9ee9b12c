import { describe, expect, it } from "vitest";
import { PerMessageDeflate } from "../src/deflate.ts";
import { type Connection, type ConnectionOptions, type Event, prepareMessage } from "../src/index.ts";
import { AT_ONCE_BYTES, POOL_BYTES } from "../src/limits.ts";
import { plain, receive, Sink, side, wire } from "./support.ts";

const params = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
const options = { compress: "dedicated", decompress: "dedicated" } as const;

/** Text that deflate cannot make small, so that it is big on both sides. */
const big = Buffer.from(
  Array.from({ length: 3 * POOL_BYTES }, (_, i) => ((i * i * 7919) >> 9) & 255),
).toString("base64");

function compressing(role: "server" | "client", more: Partial<ConnectionOptions> = {}) {
  let wake = (): void => {};
  const awake = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  const made = side(role, {
    codec: new PerMessageDeflate(role, params, options),
    wake: () => wake(),
    ...more,
  });
  return { ...made, awake };
}

function rest(connection: Connection): Event[] {
  const events: Event[] = [];
  for (let event = connection.next(); event !== null; event = connection.next()) events.push(event);
  return events;
}

/** The bytes of a client that sends `messages`, also a big one. */
async function exchange(...messages: string[]): Promise<Buffer> {
  const { connection, sink, awake } = compressing("client");
  const done = awake();
  for (const message of messages) connection.text(message);
  if (connection.queuedBytes > 0) await done;
  return sink.flush();
}

describe("a big message that has come", () => {
  it("is decompressed in the pool; the frames behind it wait, and keep their order", async () => {
    const bytes = Buffer.concat([await exchange("before", big, "after"), wire("client", { opcode: 9 })]);
    const { connection, sink, awake } = compressing("server");
    const done = awake();
    expect(receive(connection, bytes).map(plain)).toEqual(['text "before"']);
    expect(connection.decoding).toBe(true);
    expect(sink.flush()).toHaveLength(0);
    const late = wire("client", { opcode: 1, payload: Buffer.from("late") });
    expect(receive(connection, late)).toEqual([]);
    bytes.fill(0xee);
    late.fill(0xee);
    await done;
    expect(connection.decoding).toBe(false);
    const events = rest(connection);
    expect(events[0]).toEqual({ type: "text", text: big });
    expect(events.slice(1).map(plain)).toEqual(['text "after"', "ping ", 'text "late"']);
    expect(sink.flush()).toEqual(wire("server", { opcode: 10 }));
    expect(receive(connection, wire("client", { opcode: 10 })).map(plain)).toEqual(["pong "]);
  });

  it("is the same in whatever pieces it comes", async () => {
    const bytes = await exchange("before", big, "after");
    for (const size of [997, 65_536]) {
      const { connection, awake } = compressing("server");
      const done = awake();
      const events: Event[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        const piece = Buffer.from(bytes.subarray(at, at + size));
        events.push(...receive(connection, piece));
        piece.fill(0xee);
      }
      if (connection.decoding) await done;
      events.push(...rest(connection));
      expect(events.map((event) => event.type === "text" && event.text)).toEqual(["before", big, "after"]);
    }
  });

  it("fails the connection if it is too big, by an error event", async () => {
    const bytes = await exchange(big);
    const { connection, sink, awake } = compressing("server", { limits: { messageBytes: big.length - 1 } });
    const done = awake();
    expect(receive(connection, bytes)).toEqual([]);
    await done;
    expect(rest(connection).map(plain)).toEqual(["error MESSAGE_TOO_BIG"]);
    expect(connection.state).toBe("failed");
    expect(sink.flush().readUInt16BE(2)).toBe(1009);
    expect(receive(connection, wire("client", { opcode: 9 }))).toEqual([]);
  });

  it("is forgotten if the connection fails or ends before it is there", async () => {
    const bytes = await exchange(big);
    for (const end of [(one: Connection) => one.fail(1001), (one: Connection) => one.receiveEnd()]) {
      const { connection } = compressing("server", {
        wake: () => {
          throw new Error("woken for nothing");
        },
      });
      receive(connection, bytes);
      end(connection);
      // Jobs are done in their order, nearly: this one is behind it.
      const other = compressing("server");
      const done = other.awake();
      receive(other.connection, bytes);
      await done;
      expect(rest(connection)).toEqual([]);
      expect(connection.state).toBe("failed");
    }
  });

  it("is decompressed at once if there is no wake", async () => {
    const { connection } = compressing("server", { wake: undefined as never });
    expect(receive(connection, await exchange(big))).toEqual([{ type: "text", text: big }]);
  });
});

describe("a big message that is sent", () => {
  it("goes before later messages, and before the Close frame", async () => {
    const { connection, sink, awake } = compressing("server");
    const done = awake();
    connection.text(big);
    connection.prepared(prepareMessage("prepared"));
    connection.ping();
    expect(connection.close(1000, "done")).toBe(true);
    expect([connection.state, connection.closeSent]).toEqual(["closing-local", false]);
    expect(connection.text("too late")).toBe(false);
    expect(connection.ping()).toBe(false);
    expect(connection.queuedBytes).toBe(big.length + 10);
    expect(sink.flush()).toEqual(wire("server", { opcode: 9 }));
    await done;
    expect([connection.closeSent, connection.queuedBytes]).toEqual([true, 0]);
    const client = compressing("client");
    const received = client.awake();
    const events = receive(client.connection, sink.flush());
    await received;
    events.push(...rest(client.connection));
    expect(events[0]).toEqual({ type: "text", text: big });
    expect(events.slice(1).map(plain)).toEqual(['text "prepared"', 'close 1000 "done"']);
  });

  it.each([
    ["nothing", () => {}, [3, 232]],
    ["its own Close frame", (one: Connection) => void one.close(1001), [3, 233]],
  ])("goes before the response to the peer's Close frame, when behind it stands %s", async (_what, act, code) => {
    const closed = wire("client", { opcode: 8, payload: Buffer.from([3, 232]) });
    const { connection, sink, awake } = compressing("server");
    const done = awake();
    connection.text(big);
    connection.text("behind");
    act(connection);
    expect(receive(connection, closed).map(plain)).toEqual(['close 1000 ""']);
    expect([connection.state, connection.closeSent]).toEqual(["closing-remote", false]);
    expect([connection.text("late"), connection.ping(), connection.close()]).toEqual([false, false, false]);
    expect(receive(connection, closed)).toEqual([]);
    await done;
    expect([connection.state, connection.closeSent]).toEqual(["closed", true]);
    const client = compressing("client", { wake: undefined as never });
    const events = receive(client.connection, sink.flush());
    expect(events[0]).toEqual({ type: "text", text: big });
    expect(events.slice(1).map(plain)).toEqual(['text "behind"', `close ${(code[0]! << 8) | code[1]!} ""`]);
  });

  it("is given up when the connection fails, with the error at once", async () => {
    const { connection, sink } = compressing("server", {
      wake: () => {
        throw new Error("woken for nothing");
      },
    });
    connection.text(big);
    receive(connection, wire("client", { opcode: 8, payload: Buffer.from([3, 232]) }));
    connection.fail(1001);
    // Both sides have sent a Close frame.
    expect(connection.state).toBe("closed");
    const other = compressing("server");
    const done = other.awake();
    other.connection.text(big);
    await done;
    expect(sink.flush()).toEqual(wire("server", { opcode: 8, payload: Buffer.from([3, 233]) }));
  });

  it("is compressed at once if there is no wake", () => {
    const { connection, sink } = compressing("server", { wake: undefined as never });
    connection.text(big);
    connection.text("behind");
    const events = receive(compressing("client", { wake: undefined as never }).connection, sink.flush());
    expect(events).toEqual([
      { type: "text", text: big },
      { type: "text", text: "behind" },
    ]);
  });
});

it("text and binary go as they are when compression is not wanted", () => {
  const sink = new Sink();
  const { connection } = compressing("server", { output: sink });
  connection.text("a".repeat(50), false);
  connection.binary(Buffer.alloc(50), false);
  expect(sink.flush()).toEqual(
    wire("server", { opcode: 1, payload: Buffer.alloc(50, "a") }, { opcode: 2, payload: Buffer.alloc(50) }),
  );
  connection.text("a".repeat(50));
  expect(sink.flush()[0]).toBe(0xc1);
});

describe("a message that is small on the wire and big in memory", () => {
  const frame = (payload: Uint8Array) => wire("client", { opcode: 1, rsv: 4, payload });
  const bombOf = (codec: PerMessageDeflate, bytes: number) =>
    Buffer.from(codec.encode(Buffer.alloc(bytes, "a"))!);

  it("is decompressed at once only so far, and in the pool from there on, with the context of those before", async () => {
    const client = new PerMessageDeflate("client", params, options);
    const messages = ["steamed bun ".repeat(20), "a".repeat(4 * AT_ONCE_BYTES), "steamed bun ".repeat(20)];
    const payloads = messages.map((message) => Buffer.from(client.encode(Buffer.from(message))!));
    expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThan(POOL_BYTES);
    const { connection, awake } = compressing("server");
    const done = awake();
    const bytes = Buffer.concat(payloads.map(frame));
    expect(receive(connection, bytes)).toEqual([{ type: "text", text: messages[0] }]);
    expect(connection.decoding).toBe(true);
    bytes.fill(0);
    await done;
    expect(rest(connection)).toEqual(messages.slice(1).map((text) => ({ type: "text", text })));
  });

  it("is refused when it passes the limit, whichever side of the pool that is on", async () => {
    for (const messageBytes of [AT_ONCE_BYTES - 1, AT_ONCE_BYTES + 1]) {
      const client = new PerMessageDeflate("client", params, options);
      const { connection, awake } = compressing("server", { limits: { messageBytes } });
      const done = awake();
      const bytes = frame(bombOf(client, AT_ONCE_BYTES + 2));
      const events = receive(connection, bytes);
      if (connection.decoding) {
        await done;
        events.push(...rest(connection));
      }
      expect(events.map(plain)).toEqual(["error MESSAGE_TOO_BIG"]);
    }
  });

  it.each([
    ["with context", false],
    ["alone", true],
  ])("waits behind others of its kind, and lets an honest one pass: %s", async (_how, alone) => {
    const given = { ...params, serverNoContextTakeover: alone, clientNoContextTakeover: alone };
    const bomb = frame(bombOf(new PerMessageDeflate("client", given, options), 16 * 1024 * 1024 - 1));
    const received: string[] = [];
    const server = (name: string) => {
      let resolve = (): void => {};
      const done = new Promise<void>((whenDone) => (resolve = whenDone));
      const made = compressing("server", {
        codec: new PerMessageDeflate("server", given, options),
        wake: () => {
          for (const event of rest(made.connection)) received.push(`${name}${event.type}`);
          resolve();
        },
      });
      return { ...made, done };
    };
    const flooded = Array.from({ length: 12 }, () => {
      const flood = server("flood ");
      expect(receive(flood.connection, bomb)).toEqual([]);
      return flood;
    });
    const other = server("other ");
    const bytes = await exchange(big);
    expect(receive(other.connection, bytes)).toEqual([]);
    await Promise.all([...flooded, other].map(({ done }) => done));
    expect(received).toHaveLength(13);
    // Those in the pool when it came may end before it: nothing holds up their threads.
    expect(received.indexOf("other text")).toBeLessThan(5);
  });
});
