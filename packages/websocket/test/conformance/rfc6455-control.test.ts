/** RFC 6455 §5.5: Close, Ping and Pong frames as such; the close handshake is in rfc6455-closing.test.ts. */
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, isCloseCode } from "../../src/index.ts";
import { feed, feedEveryWay, hex, peerOf, ROLES, receive, side, some, wire } from "../support.ts";

const bytesOf = (text: string) => Buffer.from(text);
const KEY = () => 0x3d21fa37;
const status = (code: number, reason: string | Buffer = "") =>
  Buffer.concat([Buffer.of(code >> 8, code & 255), Buffer.from(reason)]);

describe.each(ROLES)("a %s", (role) => {
  const peer = peerOf(role);
  const received = (...frames: Parameters<typeof wire>[1][]) =>
    feedEveryWay(role, wire(peer, ...frames)).events;
  const close = (payload: Buffer) => ({ opcode: 8, payload });

  it("§5.5 a control frame MUST have 125 bytes or less", () => {
    for (const opcode of [8, 9, 10]) {
      for (const length of [126, 127, 65_536]) {
        expect(received({ opcode, payload: Buffer.alloc(length) })).toEqual(["error CONTROL_TOO_LONG"]);
      }
    }
    const longest = Buffer.alloc(125, "x");
    expect(received({ opcode: 9, payload: longest }, { opcode: 10, payload: longest })).toEqual([
      `ping ${longest.toString("hex")}`,
      `pong ${longest.toString("hex")}`,
    ]);
    const { connection, sink } = side(role);
    expect(() => connection.ping(Buffer.alloc(126))).toThrow(RangeError);
    expect(() => connection.pong(Buffer.alloc(126))).toThrow(RangeError);
    expect(() => connection.close(1000, "x".repeat(124))).toThrow(RangeError);
    expect(() => connection.close(1000, "é".repeat(62))).toThrow(RangeError);
    expect([connection.state, sink.parts]).toEqual(["open", []]);
  });

  it("§5.5.1 the body of a Close frame MUST begin with a code of two bytes", () => {
    expect(received(close(Buffer.alloc(0)))).toEqual(['close 1005 ""']);
    expect(received(close(hex("03")))).toEqual(["error CLOSE_PAYLOAD"]);
    expect(received(close(hex("03e8")))).toEqual(['close 1000 ""']);
    expect(received(close(status(1000, "é".repeat(61))))).toEqual([`close 1000 "${"é".repeat(61)}"`]);
    const { connection, sink } = side(role, { maskKey: KEY });
    expect(() => connection.close(undefined, "why")).toThrow(RangeError);
    connection.close(4999, "why");
    expect(sink.flush()).toEqual(wire(role, close(hex("1387 776879"))));
  });

  it("§7.4.1 the codes 1005, 1006 and 1015 MUST NOT be sent", () => {
    const { connection, sink } = side(role);
    for (const code of [1005, 1006, 1015]) {
      expect(() => connection.close(code)).toThrow(RangeError);
      expect(() => connection.fail(code)).toThrow(RangeError);
    }
    expect([connection.state, sink.parts]).toEqual(["open", []]);
    // An empty Close frame, whose event has 1005, gets another one in response.
    const response = feed(role, [wire(peer, close(Buffer.alloc(0)))], { maskKey: KEY }).sent;
    expect(response).toEqual(wire(role, close(Buffer.alloc(0))));
  });

  it("§7.4 a code that may not be sent fails the connection", () => {
    const allowed: number[] = [];
    const refused: number[] = [];
    // Nothing begins or ends beyond 5000: there, some are enough.
    const low = Array.from({ length: 5_100 }, (_, code) => code);
    const codes = [
      ...low,
      ...some(Array.from({ length: 65_536 - low.length }, (_, i) => low.length + i)),
      65_535,
    ];
    for (const code of codes) {
      const { events } = feed(role, [wire(peer, close(status(code)))]);
      if (events[0] === `close ${code} ""`) allowed.push(code);
      else if (events[0] === "error CLOSE_CODE") refused.push(code);
    }
    expect(allowed.length + refused.length).toBe(codes.length);
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
    expect(allowed).toEqual([...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)]);
    expect(allowed.every(isCloseCode)).toBe(true);
  });

  it("§5.5.2 a ping MUST get a pong", () => {
    for (const state of ["between messages", "inside of one"]) {
      const before = state === "inside of one" ? [{ opcode: 1, fin: false, payload: bytesOf("a") }] : [];
      const { sent } = feed(role, [wire(peer, ...before, { opcode: 9 })], { maskKey: KEY });
      expect(sent, state).toEqual(wire(role, { opcode: 10 }));
    }
    // Each of those that come one by one or at once; and a pong for the ping in front of a Close frame.
    const ping = (text: string) => wire(peer, { opcode: 9, payload: bytesOf(text) });
    const { sent } = feed(
      role,
      [ping("a"), ping("b"), Buffer.concat([ping("c"), wire(peer, { opcode: 8 })])],
      {
        maskKey: KEY,
      },
    );
    const pong = (text: string) => ({ opcode: 10, payload: bytesOf(text) });
    expect(sent).toEqual(wire(role, pong("a"), pong("b"), pong("c"), { opcode: 8 }));
  });

  it("§5.5.2 no ping gets a pong behind our Close frame, where one MUST: §1.4 promises that nothing follows it", () => {
    const { connection, sink } = side(role);
    connection.close(1000);
    sink.flush();
    expect(receive(connection, wire(peer, { opcode: 9 }))).toHaveLength(1);
    expect(sink.parts).toEqual([]);
  });

  it("§5.5.2: no ping gets a pong or an event behind the peer's Close frame", () => {
    const { events, sent } = feed(role, [wire(peer, { opcode: 8 }, { opcode: 9 })], { maskKey: KEY });
    expect(events).toEqual(['close 1005 ""']);
    expect(sent).toEqual(wire(role, { opcode: 8 }));
  });

  it("§5.5.3 a pong MUST have the data of the ping", () => {
    for (let length = 0; length <= 125; length++) {
      const payload = Buffer.from(Array.from({ length }, (_, i) => (i * 37 + length) & 255));
      const { sent } = feed(role, [wire(peer, { opcode: 9, payload })], { maskKey: KEY });
      expect(sent).toEqual(wire(role, { opcode: 10, payload }));
    }
  });

  it("§5.5.3: each of several pings that come at once gets a pong, in their order, wherever they are cut", () => {
    const numbers = Array.from({ length: 10 }, (_, i) => bytesOf(`payload-${i}`));
    const bytes = wire(peer, ...numbers.map((payload) => ({ opcode: 9, payload })));
    const { sent, events } = feedEveryWay(role, bytes, { maskKey: KEY });
    expect(events).toEqual(numbers.map((payload) => `ping ${payload.toString("hex")}`));
    expect(sent).toEqual(wire(role, ...numbers.map((payload) => ({ opcode: 10, payload }))));
  });

  it("§5.5.3: only of a flood, the last may be the only one with a pong", () => {
    const { pingsPerReceive } = DEFAULT_LIMITS;
    const pings = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ opcode: 9, payload: bytesOf(`${i}`) }));
    const { sent, events, state } = feed(role, [wire(peer, ...pings(pingsPerReceive + 1000))], {
      maskKey: KEY,
    });
    expect(events).toHaveLength(pingsPerReceive + 1000);
    const withPong = [...pings(pingsPerReceive), ...pings(pingsPerReceive + 1000).slice(-1)];
    expect(sent).toEqual(wire(role, ...withPong.map((ping) => ({ ...ping, opcode: 10 }))));
    expect(state).toBe("open");
  });

  it("§5.5.3: an unsolicited pong is an event, and gets no response", () => {
    const { events, sent } = feed(role, [wire(peer, { opcode: 10, payload: bytesOf("hm") })]);
    expect(events).toEqual(["pong 686d"]);
    expect(sent).toHaveLength(0);
  });
});
