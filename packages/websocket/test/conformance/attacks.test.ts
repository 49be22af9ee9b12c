/** Peers that mean harm, and handlers that do what one should not: nothing throws, hangs, grows or gets out of order. */
import { describe, expect, it } from "vitest";
import { type Connection, DEFAULT_LIMITS, type Event } from "../../src/index.ts";
import { feed, hex, peerOf, plain, ROLES, receive, side, wire } from "../support.ts";

const bytesOf = (text: string) => Buffer.from(text);

describe.each(ROLES)("a %s", (role) => {
  const peer = peerOf(role);
  const text = (payload: string) => ({ opcode: 1, payload: bytesOf(payload) });

  describe("is not harmed by", () => {
    it("a flood of empty messages: each is one event, and nothing is kept", () => {
      const { connection, sink } = side(role);
      const flood = wire(peer, ...Array.from({ length: 20_000 }, () => text("")));
      expect(receive(connection, flood)).toHaveLength(20_000);
      expect([connection.state, sink.parts]).toEqual(["open", []]);
    });

    it("endless pings, a receive each: each gets one pong, so that the pongs are no more than the pings", () => {
      const { connection, sink } = side(role);
      const ping = wire(peer, { opcode: 9, payload: Buffer.alloc(125, 1) });
      for (let i = 0; i < 5000; i++) receive(connection, ping);
      expect(sink.flush()).toHaveLength(5000 * (ping.length + (role === "client" ? 4 : -4)));
    });

    it("pings in one receive: so many pongs at most, however many they are", () => {
      const { connection, sink } = side(role);
      const { pingsPerReceive } = DEFAULT_LIMITS;
      const pings = Array.from({ length: 10 * pingsPerReceive }, () => ({ opcode: 9 }));
      receive(connection, wire(peer, ...pings));
      const pong = role === "client" ? 6 : 2;
      expect(sink.flush()).toHaveLength((pingsPerReceive + 1) * pong);
      // The count begins anew with the next receive.
      receive(connection, wire(peer, { opcode: 9 }));
      expect(sink.flush()).toHaveLength(pong);
      expect(connection.state).toBe("open");
    });

    it("control frames between all of a message's fragments", () => {
      const fragments = Array.from({ length: 1000 }, (_, i) => [
        { opcode: i === 0 ? 1 : 0, fin: i === 999, payload: bytesOf("x") },
        { opcode: 10, payload: bytesOf("y") },
      ]).flat();
      const { events } = feed(role, [wire(peer, ...fragments)]);
      expect(events.filter((event) => event === "pong 79")).toHaveLength(1000);
      expect(events).toContain(`text "${"x".repeat(1000)}"`);
    });

    it("any length that 64 bits can announce", () => {
      for (let bit = 0n; bit < 64n; bit++) {
        for (const announced of [1n << bit, (1n << bit) - 1n, (1n << bit) + 1n]) {
          const header = wire(peer, { opcode: 2, announced, lengthBits: 64 });
          const { events } = feed(role, [header.subarray(0, 10), header.subarray(10)]);
          const expected =
            announced >> 63n
              ? "error LENGTH_HIGH_BIT"
              : announced < 65_536n
                ? "error LENGTH_NOT_MINIMAL"
                : announced > BigInt(DEFAULT_LIMITS.frameBytes)
                  ? "error FRAME_TOO_BIG"
                  : undefined;
          expect(events[0], `${announced}`).toBe(expected);
        }
      }
    });

    it("bytes behind its end, whatever they are and however they come", () => {
      for (const end of [wire(peer, { opcode: 8 }), hex("ff ff")]) {
        const { connection, sink } = side(role);
        expect(receive(connection, end)).toHaveLength(1);
        const { state } = connection;
        sink.flush();
        for (const bytes of [wire(peer, text("late")), hex("ff"), new Uint8Array(0), Buffer.alloc(100_000)]) {
          expect(receive(connection, bytes)).toEqual([]);
        }
        expect([connection.state, sink.parts]).toEqual([state, []]);
      }
    });
  });

  describe("keeps its order when a handler", () => {
    const exchange = () => wire(peer, text("a"), { opcode: 9, payload: bytesOf("p") }, text("b"), text("c"));

    /** All events when `react` is called in the handler of the first event. */
    function receivedWith(react: (connection: Connection, received: string[]) => void): {
      received: string[];
      peerEvents: string[];
      connection: Connection;
    } {
      const { connection, sink } = side(role);
      const received: string[] = [];
      let first = true;
      connection.receive(exchange());
      for (let event = connection.next(); event !== null; event = connection.next()) {
        received.push(plain(event));
        if (first) react(connection, received);
        first = false;
      }
      return { received, peerEvents: feed(peer, [sink.flush()]).events, connection };
    }

    const ALL = ['text "a"', "ping 70", 'text "b"', 'text "c"'];

    it("sends", () => {
      const { received, peerEvents } = receivedWith((connection) => {
        connection.text("1");
        connection.binary(Uint8Array.of(2));
        connection.ping();
      });
      expect(received).toEqual(ALL);
      expect(peerEvents).toEqual(['text "1"', "binary 02", "ping ", "pong 70"]);
    });

    it("closes: the rest is read, and no ping gets a pong behind the Close frame", () => {
      const { received, peerEvents, connection } = receivedWith((it) => it.close(1000, "bye"));
      expect(received).toEqual(ALL);
      expect(peerEvents).toEqual(['close 1000 "bye"']);
      expect(connection.state).toBe("closing-local");
    });

    it("fails: nothing more is received or sent", () => {
      const { received, peerEvents, connection } = receivedWith((it) => it.fail(1011, "broken"));
      expect(received).toEqual(ALL.slice(0, 1));
      expect(peerEvents).toEqual(['close 1011 "broken"']);
      expect(connection.state).toBe("failed");
    });

    it("calls next() itself: each event comes once, in order", () => {
      const { received } = receivedWith((connection, list) => {
        for (let event = connection.next(); event !== null; event = connection.next())
          list.push(plain(event));
      });
      expect(received).toEqual(ALL);
    });

    it("calls receive() itself: that throws, and nothing is lost", () => {
      const { received } = receivedWith((connection) => {
        expect(() => connection.receive(wire(peer, text("too early")))).toThrow(/before next\(\)/);
      });
      expect(received).toEqual(ALL);
    });

    it("calls receive() itself after a failure: it is ignored", () => {
      const { received } = receivedWith((connection) => {
        connection.fail(1011);
        connection.receive(wire(peer, text("too late")));
      });
      expect(received).toEqual(ALL.slice(0, 1));
    });

    it("throws: the caller may go on, and gets the rest", () => {
      const { connection } = side(role);
      const received: string[] = [];
      const handle = (event: Event) => {
        received.push(plain(event));
        if (received.length === 1) throw new Error("a handler's");
      };
      const drain = () => {
        for (let event = connection.next(); event !== null; event = connection.next()) handle(event);
      };
      connection.receive(exchange());
      expect(drain).toThrow("a handler's");
      drain();
      expect(received).toEqual(ALL);
    });
  });
});
