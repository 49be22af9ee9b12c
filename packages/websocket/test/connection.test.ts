import { describe, expect, it } from "vitest";
import { Connection, type Event, prepareMessage } from "../src/index.ts";
import { feed, feedEveryWay, hex, peerOf, plain, ROLES, receive, side, wire } from "./support.ts";

const KEY = () => 0x3d21fa37;
const bytesOf = (text: string) => Buffer.from(text);

describe.each(ROLES)("a %s", (role) => {
  const peer = peerOf(role);
  const options = { maskKey: KEY };
  const open = () => side(role, options);

  describe("receives", () => {
    it("messages, pings and pongs in their order", () => {
      const bytes = wire(
        peer,
        { opcode: 1, payload: bytesOf("one") },
        { opcode: 9, payload: bytesOf("two") },
        { opcode: 2, payload: bytesOf("three") },
        { opcode: 10, payload: bytesOf("four") },
      );
      const { events, state } = feedEveryWay(role, bytes);
      expect(events).toEqual(['text "one"', "ping 74776f", "binary 7468726565", "pong 666f7572"]);
      expect(state).toBe("open");
    });

    it("bytes that are its own: not those lent, nor those of another event", () => {
      const { connection } = open();
      const lent = wire(
        peer,
        { opcode: 2, payload: bytesOf("abc") },
        { opcode: 9, payload: bytesOf("abc") },
        { opcode: 2, payload: Buffer.alloc(500, "d") },
      );
      const events = receive(connection, lent);
      lent.fill(0);
      const again = receive(connection, wire(peer, { opcode: 2, payload: bytesOf("xyz") }));
      expect([...events, ...again].map(plain)).toEqual([
        "binary 616263",
        "ping 616263",
        `binary ${"64".repeat(500)}`,
        "binary 78797a",
      ]);
    });

    it("nothing in no bytes", () => {
      const { connection, sink } = open();
      expect(connection.next()).toBeNull();
      expect(receive(connection, new Uint8Array())).toEqual([]);
      expect(sink.parts).toEqual([]);
    });

    it("plain Uint8Arrays as well as Buffers", () => {
      const bytes = new Uint8Array(wire(peer, { opcode: 1, payload: bytesOf("hi") }));
      expect(receive(open().connection, bytes)).toEqual([{ type: "text", text: "hi" }]);
    });

    it("no bytes that are not there", () => {
      const { connection } = open();
      const bytes = wire(peer, { opcode: 1, payload: bytesOf("hi") });
      const { length } = bytes;
      for (const [start, end] of [
        [-1, length],
        [0, length + 1],
        [3, 2],
        [0.5, length],
        [0, Number.NaN],
      ] as const) {
        expect(() => connection.receive(bytes, start, end)).toThrow(RangeError);
      }
      expect(receive(connection, bytes, 0, 0)).toEqual([]);
      expect(receive(connection, bytes, 0, 1)).toEqual([]);
      expect(receive(connection, bytes, 1)).toEqual([{ type: "text", text: "hi" }]);
    });

    it("no further input before it has read all of the last", () => {
      const { connection } = open();
      connection.receive(wire(peer, { opcode: 1 }, { opcode: 1 }));
      connection.next();
      expect(() => connection.receive(hex("00"))).toThrow(/before next\(\) had returned null/);
      expect(connection.next()).toEqual({ type: "text", text: "" });
      expect(connection.next()).toBeNull();
      expect(receive(connection, wire(peer, { opcode: 1 }))).toHaveLength(1);
    });
  });

  describe("sends pongs (RFC 6455 §5.5.2)", () => {
    it("with their payload, when their event comes", () => {
      const { connection, sink } = open();
      connection.receive(wire(peer, { opcode: 9, payload: bytesOf("abc") }));
      expect(plain(connection.next()!)).toBe("ping 616263");
      expect(sink.flush()).toEqual(wire(role, { opcode: 10, payload: bytesOf("abc") }));
      expect(connection.next()).toBeNull();
      expect(sink.parts).toEqual([]);
    });

    it("to each of several pings, before responses to the frames behind it", () => {
      const { connection, sink } = open();
      connection.receive(
        wire(
          peer,
          { opcode: 1, fin: false, payload: bytesOf("a") },
          { opcode: 9, payload: bytesOf("1") },
          { opcode: 0, fin: false, payload: bytesOf("b") },
          { opcode: 9, payload: bytesOf("2") },
          { opcode: 0, payload: bytesOf("c") },
          { opcode: 9, payload: bytesOf("3") },
        ),
      );
      for (let event = connection.next(); event !== null; event = connection.next()) {
        if (event.type === "text") connection.text(event.text);
      }
      const pong = (text: string) => ({ opcode: 10, payload: bytesOf(text) });
      expect(sink.flush()).toEqual(
        wire(role, pong("1"), pong("2"), { opcode: 1, payload: bytesOf("abc") }, pong("3")),
      );
    });

    it("even if the receiver of the event changes its bytes", () => {
      const { connection, sink } = open();
      connection.receive(wire(peer, { opcode: 9, payload: bytesOf("abc") }));
      const event = connection.next() as Extract<Event, { bytes: Buffer }>;
      event.bytes.fill(0);
      connection.next();
      expect(sink.flush()).toEqual(wire(role, { opcode: 10, payload: bytesOf("abc") }));
    });

    it("before the response to a Close frame, and not after its own", () => {
      const bytes = wire(peer, { opcode: 9 }, { opcode: 8 });
      expect(feed(role, [bytes], options).sent).toEqual(wire(role, { opcode: 10 }, { opcode: 8 }));
      const { connection, sink } = open();
      connection.close();
      sink.flush();
      expect(receive(connection, wire(peer, { opcode: 9 }))).toHaveLength(1);
      expect(sink.parts).toEqual([]);
    });

    it("up to the limit for one receive: of those beyond, the last (§5.5.3)", () => {
      const pings = (names: string) =>
        wire(peer, ...[...names].map((name) => ({ opcode: 9, payload: bytesOf(name) })));
      const pongs = (names: string) =>
        wire(role, ...[...names].map((name) => ({ opcode: 10, payload: bytesOf(name) })));
      const flooded = feed(role, [pings("abcde"), pings("fgh")], {
        ...options,
        limits: { pingsPerReceive: 2 },
      });
      expect(flooded.events).toHaveLength(8);
      expect(flooded.sent).toEqual(pongs("abefgh"));
      const closed = feed(role, [Buffer.concat([pings("abcd"), wire(peer, { opcode: 8 })])], {
        ...options,
        limits: { pingsPerReceive: 2 },
      });
      expect(closed.sent).toEqual(Buffer.concat([pongs("abd"), wire(role, { opcode: 8 })]));
    });
  });

  describe("sends", () => {
    it("each kind of frame", () => {
      const { connection, sink } = open();
      expect(connection.text("té")).toBe(true);
      expect(connection.binary(Uint8Array.of(1, 2))).toBe(true);
      expect(connection.ping(bytesOf("i"))).toBe(true);
      expect(connection.pong()).toBe(true);
      expect(connection.close(1001, "bye")).toBe(true);
      expect(sink.flush()).toEqual(
        wire(
          role,
          { opcode: 1, payload: bytesOf("té") },
          { opcode: 2, payload: hex("0102") },
          { opcode: 9, payload: bytesOf("i") },
          { opcode: 10 },
          { opcode: 8, payload: hex("03e9 627965") },
        ),
      );
    });

    it("no control frame of more than 125 bytes (§5.5)", () => {
      const { connection, sink } = open();
      expect(connection.ping(Buffer.alloc(125))).toBe(true);
      sink.flush();
      expect(() => connection.ping(Buffer.alloc(126))).toThrow(RangeError);
      expect(() => connection.pong(Buffer.alloc(126))).toThrow(RangeError);
      expect(() => connection.close(1005)).toThrow(RangeError);
      expect(() => connection.fail(1006)).toThrow(RangeError);
      expect([connection.state, sink.parts]).toEqual(["open", []]);
    });

    it.each([
      ["its own Close frame", (connection: Connection) => connection.close()],
      ["the peer's", (connection: Connection) => receive(connection, wire(peer, { opcode: 8 }))],
      ["a failure", (connection: Connection) => connection.fail(1011)],
    ])("nothing after %s", (_name, end) => {
      const { connection, sink } = open();
      end(connection);
      sink.flush();
      expect(connection.text("x")).toBe(false);
      expect(connection.binary(Buffer.alloc(1))).toBe(false);
      expect(connection.prepared(prepareMessage("x"))).toBe(false);
      expect(connection.ping()).toBe(false);
      expect(connection.pong()).toBe(false);
      expect(connection.close(1000)).toBe(false);
      expect(sink.parts).toEqual([]);
    });
  });

  describe("closes (§7.1)", () => {
    const status = (connection: Connection) => [
      connection.state,
      connection.closeSent,
      connection.closeReceived,
    ];

    it("when the peer starts: responds with the same code and reason, and is done", () => {
      const { connection, sink } = open();
      expect(status(connection)).toEqual(["open", false, false]);
      const events = receive(
        connection,
        wire(peer, { opcode: 8, payload: hex("0fa0 627965") }, { opcode: 1 }),
      );
      expect(events).toEqual([{ type: "close", code: 4000, reason: "bye" }]);
      expect(status(connection)).toEqual(["closed", true, true]);
      expect(sink.flush()).toEqual(wire(role, { opcode: 8, payload: hex("0fa0 627965") }));
      expect(receive(connection, wire(peer, { opcode: 1 }))).toEqual([]);
    });

    it("when the peer starts without a code: responds without one", () => {
      const { events, sent } = feedEveryWay(role, wire(peer, { opcode: 8 }), options);
      expect(events).toEqual(['close 1005 ""']);
      expect(sent).toEqual(wire(role, { opcode: 8 }));
    });

    it("when it starts itself: still reads messages until the response comes", () => {
      const { connection, sink } = open();
      connection.close(1000);
      expect(status(connection)).toEqual(["closing-local", true, false]);
      sink.flush();
      expect(receive(connection, wire(peer, { opcode: 1 }))).toHaveLength(1);
      const end = wire(peer, { opcode: 8, payload: hex("03e8") }, { opcode: 1 });
      expect(receive(connection, end)).toEqual([{ type: "close", code: 1000, reason: "" }]);
      expect(status(connection)).toEqual(["closed", true, true]);
      expect(sink.parts).toEqual([]);
    });

    it("passes through closing-remote while the response is written", () => {
      const seen: unknown[] = [];
      const output = { text: () => seen.push(...status(connection)), bytes: () => seen.push("bytes") };
      const connection: Connection = new Connection({ role, output });
      receive(connection, wire(peer, { opcode: 8 }));
      expect(seen).toEqual(["closing-remote", true, true]);
    });

    it("behind messages that are sent when a ping has come, or what breaks the protocol", () => {
      const { connection, sink } = side(role, {
        ...options,
        replies: { beforeReply: () => void connection.text("last") },
      });
      receive(connection, wire(peer, { opcode: 9 }, { opcode: 0 }));
      const last = { opcode: 1, payload: bytesOf("last") };
      const sent = sink.flush();
      const expected = wire(role, last, { opcode: 10 }, last);
      expect(sent.subarray(0, expected.length)).toEqual(expected);
      expect(sent[expected.length]).toBe(0x88);
    });

    it("behind messages that are sent when the peer's Close frame has come", () => {
      let count = 0;
      const { connection, sink } = side(role, {
        ...options,
        replies: {
          beforeReply() {
            count++;
            expect(connection.text("last")).toBe(true);
          },
        },
      });
      receive(connection, wire(peer, { opcode: 8 }));
      expect(sink.flush()).toEqual(wire(role, { opcode: 1, payload: bytesOf("last") }, { opcode: 8 }));
      receive(connection, wire(peer, { opcode: 8 }));
      expect(count).toBe(1);
    });

    it("from within the loop that reads events", () => {
      const { connection, sink } = open();
      connection.receive(wire(peer, { opcode: 1 }, { opcode: 1 }));
      connection.next();
      connection.close();
      expect(connection.next()).toEqual({ type: "text", text: "" });
      connection.fail(1011);
      expect(connection.next()).toBeNull();
      expect(sink.flush()).toEqual(wire(role, { opcode: 8 }));
    });
  });

  describe("fails (§7.1.7)", () => {
    const wrong = wire(peer, { opcode: 3 });

    it("on a protocol error: gives the peer a code, the application the error", () => {
      const { connection, sink } = open();
      const events = receive(
        connection,
        Buffer.concat([wire(peer, { opcode: 1 }), wrong, wire(peer, { opcode: 1 })]),
      );
      expect(events.map(plain)).toEqual(['text ""', "error RESERVED_OPCODE"]);
      expect(events[1]).toMatchObject({ error: { closeCode: 1002, message: "the opcode is reserved" } });
      expect(connection.state).toBe("failed");
      expect([connection.closeSent, connection.closeReceived]).toEqual([true, false]);
      const payload = Buffer.concat([hex("03ea"), bytesOf("the opcode is reserved")]);
      expect(sink.flush()).toEqual(wire(role, { opcode: 8, payload }));
      expect(receive(connection, wire(peer, { opcode: 1 }))).toEqual([]);
      expect(connection.next()).toBeNull();
    });

    it("without a second Close frame", () => {
      const { connection, sink } = open();
      connection.close(1000);
      sink.flush();
      expect(receive(connection, wrong).map(plain)).toEqual(["error RESERVED_OPCODE"]);
      expect([connection.state, sink.parts]).toEqual(["failed", []]);
    });

    it("by a call of the application, once, and drops the unread bytes", () => {
      const { connection, sink } = open();
      connection.receive(wire(peer, { opcode: 10 }, { opcode: 9 }));
      connection.next();
      connection.fail(1008, "no");
      connection.fail(1011, "again");
      expect([connection.state, connection.next()]).toEqual(["failed", null]);
      expect(sink.flush()).toEqual(wire(role, { opcode: 8, payload: hex("03f0 6e6f") }));
    });

    it("not when it is closed already", () => {
      const { connection, sink } = open();
      receive(connection, wire(peer, { opcode: 8 }));
      sink.flush();
      connection.fail(1011);
      expect([connection.state, sink.parts]).toEqual(["closed", []]);
    });
  });
});

it("takes other limits, also for a message of which a part has come, and for pings", () => {
  const { connection, sink } = side("server", { limits: { messageBytes: 10, frameBytes: 10 } });
  connection.setLimits({ messageBytes: 20, frameBytes: 20, pingsPerReceive: 1 });
  const text = { opcode: 1, payload: bytesOf("x".repeat(15)) };
  const pings = ["1", "2", "3"].map((payload) => ({ opcode: 9, payload: bytesOf(payload) }));
  expect(receive(connection, wire("client", text, ...pings)).map(plain)).toEqual([
    `text "${"x".repeat(15)}"`,
    "ping 31",
    "ping 32",
    "ping 33",
  ]);
  expect(sink.flush()).toEqual(
    wire("server", { opcode: 10, payload: bytesOf("1") }, { opcode: 10, payload: bytesOf("3") }),
  );
  receive(connection, wire("client", { ...text, fin: false }));
  connection.setLimits({ messageBytes: 20, frameBytes: 4 });
  const event = receive(connection, wire("client", { opcode: 0, payload: bytesOf("12345") }))[0]!;
  expect(event).toMatchObject({ type: "error", error: { code: "FRAME_TOO_BIG" } });
});

it("refuses invalid limits", () => {
  expect(() => side("server", { limits: { fragments: 0 } })).toThrow(RangeError);
  expect(() => side("server").connection.setLimits({ fragments: 0 })).toThrow(RangeError);
});
