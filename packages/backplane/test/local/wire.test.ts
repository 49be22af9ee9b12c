import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "../../../../vitest.runs.ts";
import {
  decodeChannels,
  decodeHello,
  decodePublished,
  ECHOED,
  encodeChannels,
  encodeHello,
  encodeMessageHead,
  encodePublished,
  MESSAGE,
  messageChannel,
  messageStart,
  SUBSCRIBE,
  VERSION,
  WireReader,
} from "../../src/local/wire.ts";

const text = fc.string({ unit: "grapheme", maxLength: 20 });
const frame = fc.oneof(
  fc.array(text, { maxLength: 5 }).map((channels) => encodeChannels(SUBSCRIBE, channels)),
  fc
    .tuple(text, fc.uint8Array({ maxLength: 300 }))
    .map(([channel, bytes]) => Buffer.concat([encodeMessageHead(ECHOED, channel, bytes.length), bytes])),
  fc.constant(encodeHello()),
);

function read(reader: WireReader, chunks: readonly Buffer[]): Buffer[] {
  const frames: Buffer[] = [];
  for (const chunk of chunks) {
    reader.receive(chunk);
    for (let each = reader.next(); each !== null; each = reader.next()) frames.push(each as Buffer);
  }
  return frames;
}

describe("frames", () => {
  test("come out as they went in, wherever their bytes are cut; earlier ones stay as they are", () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 8 }),
        fc.array(fc.nat(400), { maxLength: 20 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(frames);
          const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
          const chunks = places.slice(1).map((end, i) => Buffer.from(bytes.subarray(places[i], end)));
          expect(read(new WireReader(10_000), chunks)).toEqual(frames);
        },
      ),
      runs(500),
    );
  });

  test("are refused if they are empty or too long, before their bytes have come", () => {
    for (const [length, expected] of [
      [0, "refused"],
      [101, "refused"],
      [100, null],
    ] as const) {
      const reader = new WireReader(100);
      reader.receive(Buffer.from([0, 0, 0, length]));
      expect(reader.next()).toBe(expected);
    }
  });

  test("of a message name their channel", () => {
    const whole = Buffer.concat([encodeMessageHead(MESSAGE, "t:ä", 2), Buffer.from("hi")]);
    const start = messageStart(whole)!;
    expect([messageChannel(whole, start), whole.toString("utf8", start)]).toEqual(["t:ä", "hi"]);
  });

  test("that are malformed are told from others, and never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (body) => {
        const reader = new WireReader(100);
        reader.receive(Buffer.concat([Buffer.from([0, 0, 0, body.length]), body]));
        const whole = reader.next() as Buffer;
        decodeChannels(whole);
        decodePublished(whole);
        decodeHello(whole);
        messageStart(whole);
      }),
      runs(500),
    );
    expect(decodeChannels(encodeChannels(SUBSCRIBE, ["ab"]).subarray(0, -1))).toBeNull();
    expect(decodeChannels(encodeChannels(SUBSCRIBE, Array(512).fill("")))).toHaveLength(512);
    expect(decodeChannels(encodeChannels(SUBSCRIBE, Array(513).fill("")))).toBeNull();
    expect(decodePublished(encodePublished(7))).toBe(7);
    expect(decodePublished(encodeHello())).toBeNull();
    expect(decodeHello(encodeHello())).toBe(VERSION);
  });
});
