/** RFC 6455 §5.2, §5.4, §10.4: messages of all sizes that matter, sent and received, in one piece and in many. */
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, type Event } from "../../src/index.ts";
import { feed, peerOf, ROLES, receive, side, some, wire } from "../support.ts";

const SMALL = [0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537];
const BIG = 16 * 1024 * 1024;
const PIECES = [1, 7, 997, 16_384, 65_536];
/** Byte by byte is expensive for these, and shows no more than for the short ones. */
const LONG_PIECES = some([997, 1, 7, 16_384, 65_536]);
const BIG_PIECES = some([1_000_003, 65_536]);

const KINDS = ["ascii", "latin", "binary"] as const;
type Kind = (typeof KINDS)[number];

/** Bytes in which each place differs from its neighbours; ASCII, or two bytes a character. */
function payloadOf(length: number, kind: Kind): Buffer {
  const pattern = Buffer.from(Array.from({ length: 251 }, (_, i) => (kind === "binary" ? i : 32 + (i % 95))));
  if (kind !== "latin") return Buffer.alloc(length, pattern);
  return Buffer.concat([Buffer.alloc(length & 1, "x"), Buffer.alloc(length & ~1, "äöüßéàñ")]);
}

function* chopped(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe.each(ROLES)("a %s", (role) => {
  const peer = peerOf(role);

  /** Whether `bytes`, received in pieces of `size`, are exactly one message with `payload`. */
  function arrives(bytes: Buffer, size: number, payload: Buffer, isText: boolean): boolean {
    const { connection } = side(role);
    const events: Event[] = [];
    for (const piece of chopped(bytes, size)) events.push(...receive(connection, piece));
    const [event] = events;
    if (events.length !== 1 || event === undefined) return false;
    if (event.type === "text") return isText && event.text === payload.toString();
    return event.type === "binary" && !isText && event.bytes.equals(payload);
  }

  function checkSize(length: number, sizes: readonly number[], kinds: readonly Kind[] = KINDS): void {
    for (const kind of kinds) {
      const payload = payloadOf(length, kind);
      const opcode = kind === "binary" ? 2 : 1;
      const whole = wire(peer, { opcode, payload });
      const half = length >> 1;
      const inFragments = wire(
        peer,
        { opcode, fin: false, payload: payload.subarray(0, half) },
        { opcode: 0, payload: payload.subarray(half) },
      );
      for (const size of [whole.length, ...sizes]) {
        expect(arrives(whole, size, payload, kind !== "binary"), `${kind} by ${size}`).toBe(true);
        expect(arrives(inFragments, size, payload, kind !== "binary"), `${kind} in two, by ${size}`).toBe(
          true,
        );
      }
    }
  }

  it.each(SMALL)("§5.2: %d bytes arrive, whole and chopped", (length) => {
    checkSize(length, length > 128 ? LONG_PIECES : PIECES);
  });

  it("§5.2: 16 MiB arrive, whole and chopped", () => {
    checkSize(BIG, BIG_PIECES, some(["latin", "binary"]));
  });

  it.each([...SMALL, BIG])("§5.2: %d bytes depart", (length) => {
    for (const kind of length === BIG ? some(KINDS) : KINDS) {
      const payload = payloadOf(length, kind);
      const { connection, sink } = side(role, { maskKey: () => 0x3d21fa37 });
      if (kind === "binary") connection.binary(payload);
      else connection.text(payload.toString());
      expect(sink.flush().equals(wire(role, { opcode: kind === "binary" ? 2 : 1, payload }))).toBe(true);
    }
  });

  it("§10.4 a frame beyond the limit MUST be refused by its header", () => {
    const announced = BigInt(DEFAULT_LIMITS.frameBytes) + 1n;
    const header = wire(peer, { opcode: 2, announced }).subarray(0, 10);
    const { events, sent, state } = feed(role, [header]);
    expect([events, state]).toEqual([["error FRAME_TOO_BIG"], "failed"]);
    expect(feed(peer, [sent]).events[0]).toMatch(/^close 1009 /);
  });

  it("§10.4 a message beyond the limit MUST be refused, also in fragments", () => {
    const first = { opcode: 2, fin: false, payload: Buffer.alloc(1) };
    const rest = { opcode: 0, announced: BigInt(DEFAULT_LIMITS.messageBytes) };
    const { events, sent } = feed(role, [wire(peer, first, rest)]);
    expect(events).toEqual(["error MESSAGE_TOO_BIG"]);
    expect(feed(peer, [sent]).events[0]).toMatch(/^close 1009 /);
    const limits = { messageBytes: 10, frameBytes: 10 };
    const pieces = (count: number) =>
      wire(
        peer,
        ...Array.from({ length: count }, (_, i) => ({
          opcode: i ? 0 : 2,
          fin: i === count - 1,
          payload: Buffer.alloc(1),
        })),
      );
    expect(feed(role, [pieces(10)], { limits }).events).toEqual(["binary 00000000000000000000"]);
    expect(feed(role, [pieces(11)], { limits }).events).toEqual(["error MESSAGE_TOO_BIG"]);
  });

  it("§10.4: exactly the limit is accepted", () => {
    const limits = { messageBytes: 1000, frameBytes: 1000 };
    const whole = feed(role, [wire(peer, { opcode: 2, payload: Buffer.alloc(1000) })], { limits });
    expect([whole.events.length, whole.state]).toEqual([1, "open"]);
  });
});
