/** RFC 6455 §7, §5.5.1, §1.4: how a connection ends. All orders of events are in closing-model.test.ts. */
import { describe, expect, it } from "vitest";
import { type Connection, prepareMessage } from "../../src/index.ts";
import { feed, feedEveryWay, hex, peerOf, plain, ROLES, receive, side, wire } from "../support.ts";

const KEY = () => 0x3d21fa37;
const status = (code: number, reason = "") =>
  Buffer.concat([Buffer.of(code >> 8, code & 255), Buffer.from(reason)]);

describe.each(ROLES)("a %s", (role) => {
  const peer = peerOf(role);
  const open = () => side(role, { maskKey: KEY });

  it("§7.1.2 the closing handshake MUST begin with a Close frame with code and reason", () => {
    for (const [code, reason] of [
      [1000, ""],
      [1001, "going"],
      [3000, "é".repeat(61)],
      [4999, "x".repeat(123)],
    ] as const) {
      const { connection, sink } = open();
      expect(connection.close(code, reason)).toBe(true);
      expect(sink.flush()).toEqual(wire(role, { opcode: 8, payload: status(code, reason) }));
      expect([connection.state, connection.closeSent]).toEqual(["closing-local", true]);
    }
    const { connection, sink } = open();
    connection.close();
    expect(sink.flush()).toEqual(wire(role, { opcode: 8 }));
  });

  it("§5.5.1 a Close frame MUST get a Close frame in response, once", () => {
    for (const payload of [Buffer.alloc(0), status(1000), status(4321, "why")]) {
      const { sent, state } = feed(role, [wire(peer, { opcode: 8, payload })], { maskKey: KEY });
      expect(sent).toEqual(wire(role, { opcode: 8, payload }));
      expect(state).toBe("closed");
    }
    const { connection, sink } = open();
    connection.close(1000);
    sink.flush();
    const closeFrame = wire(peer, { opcode: 8, payload: status(1000) });
    expect(receive(connection, Buffer.concat([closeFrame, closeFrame]))).toHaveLength(1);
    expect(receive(connection, closeFrame)).toEqual([]);
    expect(sink.parts).toEqual([]);
  });

  it("§5.5.1 after both Close frames the connection shows that TCP MUST be closed", () => {
    const { connection } = open();
    expect([connection.closeSent, connection.closeReceived]).toEqual([false, false]);
    receive(connection, wire(peer, { opcode: 8 }));
    expect(connection.state).toBe("closed");
    expect([connection.closeSent, connection.closeReceived]).toEqual([true, true]);
    const other = open().connection;
    other.close(1000);
    expect(other.state).toBe("closing-local");
    receive(other, wire(peer, { opcode: 8 }));
    expect(other.state).toBe("closed");
  });

  it("§5.5.1: both sides may begin at once, and each gets the other's code", () => {
    const [one, other] = [side(role), side(peer)];
    one.connection.close(1000);
    other.connection.close(1001);
    const [fromOne, fromOther] = [one.sink.flush(), other.sink.flush()];
    expect(receive(one.connection, fromOther)).toEqual([{ type: "close", code: 1001, reason: "" }]);
    expect(receive(other.connection, fromOne)).toEqual([{ type: "close", code: 1000, reason: "" }]);
    expect([one.connection.state, other.connection.state]).toEqual(["closed", "closed"]);
    expect([...one.sink.parts, ...other.sink.parts]).toEqual([]);
  });

  it.each<[string, (connection: Connection) => void]>([
    ["its own Close frame", (connection) => connection.close()],
    ["the peer's", (connection) => receive(connection, wire(peer, { opcode: 8 }))],
    ["a failure", (connection) => connection.fail(1011)],
  ])("§5.5.1: nothing is sent after %s", (_name, end) => {
    const { connection, sink } = open();
    end(connection);
    sink.flush();
    expect(connection.text("x")).toBe(false);
    expect(connection.binary(Buffer.alloc(1))).toBe(false);
    expect(connection.prepared(prepareMessage("x"))).toBe(false);
    expect(connection.ping()).toBe(false);
    expect(connection.pong()).toBe(false);
    expect(connection.close(1000)).toBe(false);
    connection.fail(1011);
    expect(sink.parts).toEqual([]);
  });

  it("§5.5.1 data MUST NOT be sent after a Close frame", () => {
    const { connection, sink } = open();
    connection.text("before");
    connection.close(1000);
    connection.text("after");
    connection.binary(Buffer.alloc(2000));
    expect(feed(peer, [sink.flush()]).events).toEqual(['text "before"', 'close 1000 ""']);
  });

  it("§6.1 a message MUST NOT be sent unless the state is OPEN", () => {
    const { connection, sink } = open();
    expect(connection.text("open")).toBe(true);
    sink.flush();
    connection.receive(wire(peer, { opcode: 1 }, { opcode: 8 }, { opcode: 1 }));
    connection.next();
    expect(connection.text("still open")).toBe(true);
    expect(plain(connection.next()!)).toBe('close 1005 ""');
    expect(connection.text("closed")).toBe(false);
    expect(feed(peer, [sink.flush()]).events).toEqual(['text "still open"', 'close 1005 ""']);
  });

  it("§1.4: bytes behind a Close frame are not read, however invalid", () => {
    const bytes = [Buffer.concat([wire(peer, { opcode: 8 }), hex("ffff")]), hex("ff")];
    const { events, state } = feed(role, bytes);
    expect([events, state]).toEqual([['close 1005 ""'], "closed"]);
  });

  it("§7.1.5, §7.1.6: the code and the reason are those of the first Close frame that comes", () => {
    const frames = [4001, 4002].map((code) => ({ opcode: 8, payload: status(code, `${code}`) }));
    expect(feed(role, [wire(peer, ...frames)]).events).toEqual(['close 4001 "4001"']);
    const { connection } = open();
    connection.close(4003, "mine");
    expect(receive(connection, wire(peer, frames[0]!)).map(plain)).toEqual(['close 4001 "4001"']);
  });

  it("§5.5.1: messages that the peer had sent before its Close frame are events", () => {
    const { connection } = open();
    connection.close(1000);
    const bytes = wire(peer, { opcode: 1 }, { opcode: 10 }, { opcode: 8, payload: status(1000) });
    expect(receive(connection, bytes).map(plain)).toEqual(['text ""', "pong ", 'close 1000 ""']);
  });

  it("§7.1.7 a failed connection shows that TCP MUST be closed, and gives the peer the reason", () => {
    const wrong = wire(peer, { opcode: 3 });
    const { events, sent, state } = feedEveryWay(role, wrong, { maskKey: KEY });
    expect([events, state]).toEqual([["error RESERVED_OPCODE"], "failed"]);
    expect(feed(peer, [sent]).events).toEqual(['close 1002 "the opcode is reserved"']);
    // Not a second time, if we had sent a Close frame before.
    const { connection, sink } = open();
    connection.close(1000);
    sink.flush();
    expect(receive(connection, wrong).map(plain)).toEqual(["error RESERVED_OPCODE"]);
    expect([connection.state, sink.parts]).toEqual(["failed", []]);
  });

  it("§7.1.7 after a failure nothing MUST be processed any more", () => {
    const close = wire(peer, { opcode: 8 });
    const bytes = Buffer.concat([wire(peer, { opcode: 3 }), close]);
    expect(feed(role, [bytes, close, wire(peer, { opcode: 1 })]).events).toEqual(["error RESERVED_OPCODE"]);
    const { connection, sink } = open();
    connection.receive(wire(peer, { opcode: 1 }, { opcode: 9 }, { opcode: 8 }));
    connection.next();
    connection.fail(1011, "no");
    sink.flush();
    expect(connection.next()).toBeNull();
    expect(receive(connection, close)).toEqual([]);
    expect([connection.closeReceived, sink.parts]).toEqual([false, []]);
  });
});
