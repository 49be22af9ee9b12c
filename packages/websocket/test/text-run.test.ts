import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeFrame } from "../src/arbitraries/index.ts";
import type { Connection } from "../src/index.ts";
import { BINARY, CONTINUATION, PING, TEXT } from "../src/opcode.ts";
import { TextRun } from "../src/text-run.ts";
import { plain, runs, side, wire } from "./support.ts";

/** The client's texts, each in a frame with a key of its own. */
function framesOf(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.map((text, n) =>
      writeFrame({
        fin: true,
        rsv: 0,
        opcode: TEXT,
        maskKey: Uint8Array.of(n, 0x80 ^ n, 3, 255 - n),
        payload: Buffer.from(text),
      }),
    ),
  );
}

/** Texts around all bounds: of a part of a string in V8, of a length in the second byte, of a run, and of ASCII. */
const text = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "exactly 13 ch",
    "x".repeat(125),
    "x".repeat(126),
    "é",
    "a\u{1f600}b",
    "y".repeat(64),
  ),
  fc.string({ maxLength: 130 }),
);
const texts = fc.array(text, { maxLength: 40 });

function next(connection: Connection): string | null {
  const event = connection.next();
  return event === null ? null : plain(event);
}

const seen = (all: readonly string[]): string[] => all.map((one) => `text ${JSON.stringify(one)}`);

describe("texts of one receive", () => {
  it("come out one by one, in their order", () => {
    fc.assert(
      fc.property(texts, (all) => {
        const { connection } = side("server");
        connection.receive(framesOf(all));
        const events: string[] = [];
        for (let event = next(connection); event !== null; event = next(connection)) events.push(event);
        expect(events).toEqual(seen(all));
      }),
      runs(200),
    );
  });

  it("are not mixed up with those of another connection, nor with later ones in the same memory", () => {
    // Whose turn it is; a connection that is interrupted keeps its bytes or reads on.
    const steps = fc.array(fc.record({ second: fc.boolean(), keeps: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(texts, texts, texts, steps, (first, second, later, turns) => {
        const memory = Buffer.alloc(20_000);
        const ends = [side("server").connection, side("server").connection] as const;
        const got: [string[], string[]] = [[], []];
        const lend = (connection: Connection, bytes: Buffer): void => {
          bytes.copy(memory);
          connection.receive(memory, 0, bytes.length);
        };
        lend(ends[0], framesOf(first));
        const event = next(ends[0]);
        if (event !== null) got[0].push(event);
        ends[0].keep();
        lend(ends[1], framesOf(second));
        for (const turn of turns) {
          const of = turn.second ? 1 : 0;
          const one = next(ends[of]);
          if (one !== null) got[of].push(one);
          if (turn.keeps) ends[of].keep();
        }
        for (const of of [0, 1] as const) {
          for (let one = next(ends[of]); one !== null; one = next(ends[of])) got[of].push(one);
        }
        lend(ends[0], framesOf(later));
        for (let one = next(ends[0]); one !== null; one = next(ends[0])) got[0].push(one);
        expect(got).toEqual([seen([...first, ...later]), seen(second)]);
      }),
      runs(200),
    );
  });

  it("end where another frame comes, or one that is refused", () => {
    const payload = Buffer.from("short text");
    const one = { opcode: TEXT, payload };
    for (const [frame, event] of [
      [{ opcode: PING, payload }, "ping 73686f72742074657874"],
      [{ opcode: BINARY, payload }, "binary 73686f72742074657874"],
      [{ opcode: TEXT, payload: Buffer.from([0xff]) }, "error TEXT_UTF8"],
      [{ opcode: TEXT, payload, rsv: 4 }, "error RESERVED_BITS"],
      [{ opcode: TEXT, payload, maskKey: null }, "error MASK_MISSING"],
      [{ opcode: CONTINUATION, payload }, "error CONTINUATION_WITHOUT_START"],
    ] as const) {
      const { connection } = side("server");
      connection.receive(wire("client", one, one, frame, one));
      expect([next(connection), next(connection), next(connection)]).toEqual([
        'text "short text"',
        'text "short text"',
        event,
      ]);
    }
  });

  it("count towards the limit of a message, each by itself", () => {
    const { connection } = side("server", { limits: { messageBytes: 3, frameBytes: 3 } });
    connection.receive(framesOf(["abc", "def", "long", "ghi"]));
    expect([next(connection), next(connection), next(connection), next(connection)]).toEqual([
      'text "abc"',
      'text "def"',
      "error FRAME_TOO_BIG",
      null,
    ]);
  });

  it("are no longer read when the connection has failed", () => {
    const { connection } = side("server");
    connection.receive(framesOf(["one of the texts", "another of them", "and the third"]));
    expect(next(connection)).toBe('text "one of the texts"');
    connection.fail(1008, "");
    expect(next(connection)).toBeNull();
  });
});

describe("a run", () => {
  const input = framesOf(["first of the run", "second of the run", "third of the run"]);
  const frames = { input, start: 6, end: 22, inputEnd: input.length, maskKey: 0xff038000 };

  it("begins with two texts, and is over behind its last one", () => {
    const run = new TextRun();
    expect(run.take(frames)).toBeNull();
    expect(run.begin({ ...frames, inputEnd: 22 })).toBeNull();
    expect(run.begin(frames)).toBe("first of the run");
    expect(run.take({ ...frames })).toBeNull();
    Object.assign(frames, { start: 28, end: 45 });
    expect(run.take(frames)).toBe("second of the run");
    Object.assign(frames, { start: 51, end: 67 });
    expect(run.take(frames)).toBe("third of the run");
    expect(run.take(frames)).toBeNull();
  });

  it("has up to 512 bytes", () => {
    const run = new TextRun();
    const all = framesOf(Array.from({ length: 6 }, () => "x".repeat(100)));
    const six = { input: all, start: 6, end: 106, inputEnd: all.length, maskKey: 0xff038000 };
    const lengths: (number | undefined)[] = [run.begin(six)?.length];
    for (let n = 1; n < 6; n++) {
      Object.assign(six, { start: six.start + 106, end: six.end + 106 });
      lengths.push(run.take(six)?.length);
    }
    expect(lengths).toEqual([100, 100, 100, 100, 100, undefined]);
  });

  it("ends before an empty text: begun at each of many, it looks at the next alone", () => {
    const run = new TextRun();
    const some = framesOf(["first", "second", "", "fourth"]);
    const piece = { input: some, start: 6, end: 11, inputEnd: some.length, maskKey: 0xff038000 };
    expect(run.begin(piece)).toBe("first");
    Object.assign(piece, { start: 17, end: 23 });
    expect(run.take(piece)).toBe("second");
    Object.assign(piece, { start: 29, end: 29 });
    expect(run.take(piece)).toBeNull();

    let reads = 0;
    const empty = framesOf(Array.from({ length: 1000 }, () => ""));
    const input = new Proxy(empty, {
      get(target, name) {
        reads++;
        return Reflect.get(target, name);
      },
    });
    const { length } = empty;
    expect(run.begin({ input, start: 6, end: 6, inputEnd: length, maskKey: 0xff038000 })).toBeNull();
    expect(reads).toBeLessThan(10);
  });

  it("is over when its connection gets other input", () => {
    const run = new TextRun();
    Object.assign(frames, { start: 6, end: 22 });
    run.begin(frames);
    run.end({ ...frames });
    Object.assign(frames, { start: 28, end: 45 });
    expect(run.take(frames)).toBe("second of the run");
    run.end(frames);
    expect(run.take(frames)).toBeNull();
  });
});
