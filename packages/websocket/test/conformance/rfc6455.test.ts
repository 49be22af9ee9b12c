import { describe, expect, it } from "vitest";
import { INVALID_UTF8 } from "../../src/arbitraries/index.ts";
import { hear, hearEveryWay, hex, peerOf, ROLES, receive, side, wire } from "../support.ts";

const bytesOf = (text: string) => Buffer.from(text);

describe.each(ROLES)("a %s", (role) => {
  const peer = peerOf(role);
  const heard = (...frames: Parameters<typeof wire>[1][]) => hearEveryWay(role, wire(peer, ...frames)).events;
  const text = (payload: string | Buffer, fin = true) => ({ opcode: 1, fin, payload: Buffer.from(payload) });
  const more = (payload: string | Buffer, fin = false) => ({ opcode: 0, fin, payload: Buffer.from(payload) });

  describe("§5.1: masking", () => {
    it("§5.1: refuses what is masked by the other's rule", () => {
      const { events, state } = hearEveryWay(role, wire(role, text("x")));
      expect(events).toEqual([role === "server" ? "error MASK_MISSING" : "error MASK_FORBIDDEN"]);
      expect(state).toBe("FAILED");
    });

    it("§5.3: masks what it sends exactly if it is a client", () => {
      const { connection, sink } = side(role);
      connection.text("x");
      expect((sink.flush()[1]! & 0x80) !== 0).toBe(role === "client");
    });
  });

  describe("§5.2: framing", () => {
    it.each([0, 1, 125, 126, 127, 128, 65535, 65536, 65537])("§5.2: %d bytes arrive and depart", (length) => {
      const payload = Buffer.alloc(length, "*");
      const events = heard({ opcode: 2, payload }, { opcode: 1, payload });
      expect(events[0] === `binary ${payload.toString("hex")}`).toBe(true);
      expect(events[1] === `text "${payload}"`).toBe(true);
      const { connection, sink } = side(role, { maskKey: () => 0x3d21fa37 });
      connection.binary(payload);
      expect(sink.flush().equals(wire(role, { opcode: 2, payload }))).toBe(true);
    });

    it.each([1, 2, 3, 4, 5, 6, 7])("§5.2: refuses reserved bits %d", (rsv) => {
      for (const opcode of [1, 2, 8, 9, 10]) expect(heard({ opcode, rsv })).toEqual(["error RESERVED_BITS"]);
      expect(heard(text("a", false), { opcode: 0, rsv })).toEqual(["error RESERVED_BITS"]);
    });

    it.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])("§5.2: refuses the reserved opcode %d", (opcode) => {
      expect(heard({ opcode })).toEqual(["error RESERVED_OPCODE"]);
      expect(heard(text("fine"), { opcode })).toEqual(['text "fine"', "error RESERVED_OPCODE"]);
    });

    it.each([
      [0n, 16],
      [125n, 16],
      [0n, 64],
      [125n, 64],
      [126n, 64],
      [65535n, 64],
    ] as const)("§5.2: refuses the length %d in %d bits, which is not the shortest form", (announced, lengthBits) => {
      expect(heard({ opcode: 2, announced, lengthBits })).toEqual(["error LENGTH_NOT_MINIMAL"]);
    });

    it("§5.2: refuses a 64-bit length with the highest bit set", () => {
      expect(heard({ opcode: 2, announced: 1n << 63n })).toEqual(["error LENGTH_HIGH_BIT"]);
    });
  });

  describe("§5.4: fragmentation", () => {
    it("§5.4: puts fragments together, in order", () => {
      expect(heard(text("a", false), more("b"), more("c"), more("d", true))).toEqual(['text "abcd"']);
      expect(heard({ opcode: 2, fin: false, payload: hex("01") }, more(hex("02"), true))).toEqual([
        "binary 0102",
      ]);
    });

    it("§5.4: hears control frames in the middle of a message", () => {
      expect(
        heard(
          text("a", false),
          { opcode: 9, payload: bytesOf("p") },
          more("b"),
          { opcode: 10 },
          more("c", true),
        ),
      ).toEqual(["ping 70", "pong ", 'text "abc"']);
    });

    it("§5.4: and a Close frame, after which the message will not come", () => {
      expect(heard(text("a", false), { opcode: 8 }, more("b", true))).toEqual(['close 1005 ""']);
    });

    it("§5.4: takes empty fragments anywhere", () => {
      expect(heard(text("", false), more(""), more("x"), more("", true))).toEqual(['text "x"']);
      expect(heard(text("", false), more("", true), text("next"))).toEqual(['text ""', 'text "next"']);
    });

    it("§5.4: refuses a continuation of nothing", () => {
      for (const fin of [true, false]) {
        expect(heard(more("x", fin))).toEqual(["error CONTINUATION_WITHOUT_START"]);
        expect(heard(text("a"), more("x", fin))).toEqual(['text "a"', "error CONTINUATION_WITHOUT_START"]);
      }
    });

    it("§5.4: refuses a new message inside of another", () => {
      expect(heard(text("a", false), text("b"))).toEqual(["error MESSAGE_INTERRUPTED"]);
      expect(heard(text("a", false), more("b"), { opcode: 2, fin: false })).toEqual([
        "error MESSAGE_INTERRUPTED",
      ]);
    });
  });

  describe("§5.5: control frames", () => {
    it.each([8, 9, 10])("§5.5: refuses opcode %d in fragments", (opcode) => {
      expect(heard({ opcode, fin: false })).toEqual(["error CONTROL_FRAGMENTED"]);
    });

    it.each([8, 9, 10])("§5.5: refuses opcode %d with 126 bytes", (opcode) => {
      expect(heard({ opcode, payload: Buffer.alloc(126) })).toEqual(["error CONTROL_TOO_LONG"]);
    });

    it("§5.5.2: answers a ping of 0 and of 125 bytes with the same bytes", () => {
      for (const payload of [Buffer.alloc(0), Buffer.alloc(125, 0xfe)]) {
        const { sent } = hear(role, [wire(peer, { opcode: 9, payload })], { maskKey: () => 0x3d21fa37 });
        expect(sent).toEqual(wire(role, { opcode: 10, payload }));
      }
    });

    it("§5.5.3: hears a pong that nobody asked for", () => {
      expect(heard({ opcode: 10, payload: bytesOf("hm") })).toEqual(["pong 686d"]);
    });
  });

  describe("§5.5.1, §7: closing", () => {
    const close = (payload: Buffer) => ({ opcode: 8, payload });
    const status = (code: number, reason = "") =>
      Buffer.concat([Buffer.of(code >> 8, code & 255), bytesOf(reason)]);

    it("§7.1.5: an empty Close frame is 1005", () => {
      expect(heard(close(Buffer.alloc(0)))).toEqual(['close 1005 ""']);
    });

    it("§5.5.1: a payload of one byte is refused", () => {
      expect(heard(close(hex("03")))).toEqual(["error CLOSE_PAYLOAD"]);
    });

    it.each([
      1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
    ])("§7.4: the code %d is heard and echoed", (code) => {
      const options = { maskKey: () => 0x3d21fa37 };
      const { events, sent } = hearEveryWay(role, wire(peer, close(status(code, "why"))), options);
      expect(events).toEqual([`close ${code} "why"`]);
      expect(sent).toEqual(wire(role, close(status(code, "why"))));
    });

    it.each([
      0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535,
    ])("§7.4: the code %d is refused", (code) =>
      expect(heard(close(status(code)))).toEqual(["error CLOSE_CODE"]));

    it("§5.5.1: a reason of 123 bytes is heard", () => {
      expect(heard(close(status(1000, "é".repeat(61))))).toEqual([`close 1000 "${"é".repeat(61)}"`]);
    });

    it.each(INVALID_UTF8)("§5.5.1: a reason with $name is refused with 1007", ({ hex: digits }) => {
      const { events, sent } = hear(role, [wire(peer, close(Buffer.concat([status(1000), hex(digits)])))]);
      expect(events).toEqual(["error CLOSE_REASON_UTF8"]);
      expect(hear(peer, [sent]).events).toEqual([expect.stringMatching(/^close 1007 /)]);
    });

    it("§7.1.2, §5.5.1: both sides may begin at once", () => {
      const [one, other] = [side(role), side(peer)];
      one.connection.close(1000);
      other.connection.close(1001);
      const [fromOne, fromOther] = [one.sink.flush(), other.sink.flush()];
      expect(receive(one.connection, fromOther)).toEqual([{ type: "close", code: 1001, reason: "" }]);
      expect(receive(other.connection, fromOne)).toEqual([{ type: "close", code: 1000, reason: "" }]);
      expect([one.connection.state, other.connection.state]).toEqual(["CLOSED", "CLOSED"]);
      expect([...one.sink.parts, ...other.sink.parts]).toEqual([]);
    });

    it("§1.4: what follows a Close frame is not read, however wrong", () => {
      const { events, state } = hear(role, [
        Buffer.concat([wire(peer, close(Buffer.alloc(0))), hex("ffff")]),
        hex("ff"),
      ]);
      expect([events, state]).toEqual([['close 1005 ""'], "CLOSED"]);
    });
  });

  describe("§8.1: UTF-8", () => {
    const points = [
      0x0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfdd0, 0xfeff, 0xfffe, 0xffff, 0x1_0000, 0x10_ffff,
    ];

    it.each(points)("§8.1: U+%d arrives and departs, alone and among others", (point) => {
      const character = String.fromCodePoint(point);
      for (const value of [character, `${"a".repeat(50)}${character}`, `${character}${"é".repeat(50)}`]) {
        expect(heard(text(value))).toEqual([`text ${JSON.stringify(value)}`]);
        const { connection, sink } = side(role, { maskKey: () => 0x3d21fa37 });
        connection.text(value);
        expect(sink.flush()).toEqual(wire(role, text(value)));
      }
    });

    it.each(INVALID_UTF8)("§8.1: $name fails with 1007, whole and in fragments", ({ hex: digits }) => {
      const payload = Buffer.concat([bytesOf("κόσμε"), hex(digits), bytesOf("edited")]);
      expect(heard(text(payload))).toEqual(["error TEXT_UTF8"]);
      for (let at = 0; at <= payload.length; at++) {
        const bytes = wire(
          peer,
          text(payload.subarray(0, at), false),
          { opcode: 9 },
          more(payload.subarray(at), true),
        );
        const { events, sent } = hear(role, [bytes]);
        expect(events.at(-1)).toBe("error TEXT_UTF8");
        expect(hear(peer, [sent]).events.at(-1)).toMatch(/^close 1007 /);
      }
    });

    it("§8.1: a text that ends within a character fails", () => {
      for (const character of ["é", "€", "😀"]) {
        const encoded = bytesOf(character);
        for (let length = 1; length < encoded.length; length++) {
          expect(heard(text(encoded.subarray(0, length)))).toEqual(["error TEXT_UTF8"]);
          expect(heard(text(encoded.subarray(0, length), false), more("", true))).toEqual([
            "error TEXT_UTF8",
          ]);
        }
      }
    });

    it("§5.6: bytes that are no text are no error in a binary message", () => {
      expect(heard({ opcode: 2, payload: hex("eda080ff") })).toEqual(["binary eda080ff"]);
    });
  });

  describe("§10.4: limits", () => {
    it("§10.4: refuses more than 16 MiB with 1009 when the header announces it", () => {
      const { events, sent } = hearEveryWay(
        role,
        wire(peer, { opcode: 2, announced: 16n * 1024n * 1024n + 1n }),
      );
      expect(events).toEqual(["error FRAME_TOO_BIG"]);
      expect(hear(peer, [sent]).events[0]).toMatch(/^close 1009 /);
      const fragment = { opcode: 2, fin: false, payload: hex("00") };
      const rest = { opcode: 0, announced: 16n * 1024n * 1024n };
      expect(heard(fragment, rest)).toEqual(["error MESSAGE_TOO_BIG"]);
    });

    it("§10.4: accepts exactly the limit", () => {
      const payload = Buffer.alloc(1000);
      const limits = { messageBytes: 1000, frameBytes: 1000 };
      const whole = hear(role, [wire(peer, { opcode: 2, payload })], { limits });
      expect(whole.events).toHaveLength(1);
      expect(whole.state).toBe("OPEN");
    });
  });
});
