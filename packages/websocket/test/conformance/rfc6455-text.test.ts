/** RFC 6455 §8.1, §5.6: UTF-8, as RFC 3629 §3 and §4 define it. */
import { describe, expect, it } from "vitest";
import { INVALID_UTF8 } from "../../src/arbitraries/index.ts";
import { isText, mayBecomeText } from "../oracle.ts";
import { feed, feedEveryWay, hex, peerOf, ROLES, side, some, wire } from "../support.ts";

const bytesOf = (text: string) => Buffer.from(text);

/** The first and the last code points of all ranges in which the form of UTF-8, or the meaning, is another. */
const POINTS = [
  0x0, 0x1, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xcfff, 0xd000, 0xd7ff, 0xe000, 0xfdd0, 0xfeff, 0xfffd,
  0xfffe, 0xffff, 0x1_0000, 0x1_fffe, 0x3_ffff, 0x4_0000, 0xf_ffff, 0x10_0000, 0x10_ffff,
];

/** The bytes at which the rules for lead bytes and for continuation bytes change. */
const LEADS = [
  0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4,
  0xf5, 0xf7, 0xf8, 0xfb, 0xfc, 0xfd, 0xfe, 0xff,
];
const NEXT = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xe0, 0xff];

interface Sequence {
  readonly bytes: readonly number[];
  readonly verdict: "text" | "cut" | "impossible";
}

/** All sequences of up to four of those bytes that are one character, the beginning of one, or become impossible last. */
function sequences(): Sequence[] {
  const found: Sequence[] = [];
  const open = LEADS.map((lead) => [lead]);
  for (const bytes of open) {
    const verdict = isText(bytes) ? "text" : mayBecomeText(bytes) ? "cut" : "impossible";
    found.push({ bytes, verdict });
    if (verdict === "cut") open.push(...NEXT.map((next) => [...bytes, next]));
  }
  return found;
}

const SEQUENCES = sequences();

/** The text before it: none, ASCII, other characters; many, so that the platform checks them. */
const BEFORE = ["", "a".repeat(100), "é".repeat(40)].map(bytesOf);

describe.each(ROLES)("a %s", (role) => {
  const peer = peerOf(role);
  const text = (payload: Buffer, fin = true) => ({ opcode: 1, fin, payload });
  const more = (payload: Buffer, fin = true) => ({ opcode: 0, fin, payload });

  /** The ways in which `payload`, ended or not, can come: cut at each place from `from` on, into pieces of a frame, and into fragments that a ping and an empty one stand between. */
  function* ways(payload: Buffer, from: number, fin: boolean): Generator<Buffer[]> {
    const whole = wire(peer, text(payload, fin));
    yield [whole];
    for (let at = from; at <= payload.length; at++) {
      const end = whole.length - payload.length + at;
      yield [whole.subarray(0, end), whole.subarray(end)];
      yield [
        wire(peer, text(payload.subarray(0, at), false), { opcode: 9 }),
        wire(peer, more(Buffer.alloc(0), false), more(payload.subarray(at), fin)),
      ];
    }
  }

  const eventOf = (pieces: Buffer[]) => feed(role, pieces).events.filter((event) => event !== "ping ");

  it("§5.6 a whole text MUST be UTF-8, its frames may be cut anywhere", () => {
    const characters = SEQUENCES.filter(({ verdict }) => verdict === "text").map(({ bytes }) =>
      Buffer.from(bytes),
    );
    expect(characters.length).toBeGreaterThan(100);
    for (const character of some([
      ...characters,
      ...POINTS.map((point) => bytesOf(String.fromCodePoint(point))),
    ])) {
      for (const before of BEFORE) {
        const payload = Buffer.concat([before, character, bytesOf("z")]);
        const expected = [`text ${JSON.stringify(payload.toString())}`];
        for (const pieces of ways(payload, before.length, true)) expect(eventOf(pieces)).toEqual(expected);
      }
    }
  });

  it("§8.1 at the first byte that cannot be UTF-8 the connection MUST fail", () => {
    const impossible = SEQUENCES.filter(({ verdict }) => verdict === "impossible");
    expect(impossible.length).toBeGreaterThan(300);
    for (const { bytes } of some(impossible)) {
      for (const before of BEFORE) {
        const payload = Buffer.concat([before, Buffer.from(bytes)]);
        // The message goes on: what has come is enough. One byte less is not.
        for (const pieces of ways(payload, before.length, false))
          expect(eventOf(pieces)).toEqual(["error TEXT_UTF8"]);
        const frame = wire(peer, text(Buffer.concat([payload, Buffer.alloc(200)])));
        const certain = frame.length - 200;
        expect(eventOf([frame.subarray(0, certain)])).toEqual(["error TEXT_UTF8"]);
        expect(eventOf([frame.subarray(0, certain - 1)])).toEqual([]);
        expect(eventOf([frame.subarray(0, certain - 1), frame.subarray(certain - 1)])).toEqual([
          "error TEXT_UTF8",
        ]);
      }
    }
  });

  it("§8.1 a text that ends within a character MUST fail the connection", () => {
    const cut = SEQUENCES.filter(({ verdict }) => verdict === "cut");
    expect(cut.length).toBeGreaterThan(50);
    for (const { bytes } of some(cut)) {
      for (const before of BEFORE) {
        const payload = Buffer.concat([before, Buffer.from(bytes)]);
        for (const pieces of ways(payload, before.length, true))
          expect(eventOf(pieces)).toEqual(["error TEXT_UTF8"]);
        for (const pieces of ways(payload, before.length, false)) expect(eventOf(pieces)).toEqual([]);
      }
    }
  });

  it.each(INVALID_UTF8)("§8.1: $name fails with 1007, whole and in fragments", ({ hex: digits }) => {
    const payload = Buffer.concat([bytesOf("κόσμε"), hex(digits), bytesOf("edited")]);
    expect(feedEveryWay(role, wire(peer, text(payload))).events).toEqual(["error TEXT_UTF8"]);
    for (const pieces of ways(payload, 0, true)) {
      const { events, sent } = feed(role, pieces);
      expect(events.at(-1)).toBe("error TEXT_UTF8");
      expect(feed(peer, [sent]).events.at(-1)).toMatch(/^close 1007 /);
    }
  });

  it.each(INVALID_UTF8)("§8.1: a reason with $name fails with 1007", ({ hex: digits }) => {
    const payload = Buffer.concat([hex("03e8"), hex(digits)]);
    const { events, sent } = feedEveryWay(role, wire(peer, { opcode: 8, payload }));
    expect(events).toEqual(["error CLOSE_REASON_UTF8"]);
    expect(feed(peer, [sent]).events).toEqual([expect.stringMatching(/^close 1007 /)]);
  });

  it("§8.1 a reason that is not UTF-8 MUST fail the connection", () => {
    for (const { bytes, verdict } of SEQUENCES) {
      const payload = Buffer.concat([hex("03e8"), Buffer.from(bytes)]);
      const reason = JSON.stringify(Buffer.from(bytes).toString());
      const expected = verdict === "text" ? `close 1000 ${reason}` : "error CLOSE_REASON_UTF8";
      expect(feed(role, [wire(peer, { opcode: 8, payload })]).events).toEqual([expected]);
    }
  });

  it("§5.6: bytes that are no text are no error in a binary message", () => {
    for (const { bytes } of SEQUENCES) {
      const payload = Buffer.from(bytes);
      const expected = [`binary ${payload.toString("hex")}`];
      expect(feed(role, [wire(peer, { opcode: 2, payload })]).events).toEqual(expected);
    }
  });

  it("§5.6: each character departs as UTF-8, and a lone surrogate as U+FFFD", () => {
    const { connection, sink } = side(role, { maskKey: () => 0x3d21fa37 });
    for (const character of [
      ...POINTS.map((point) => String.fromCodePoint(point)),
      "\ud800",
      "\udfff",
      "\udc00\ud800",
    ]) {
      for (const value of [character, `${"a".repeat(50)}${character}`, `${character}${"é".repeat(2000)}`]) {
        connection.text(value);
        expect(sink.flush().equals(wire(role, text(bytesOf(value))))).toBe(true);
      }
    }
  });
});
