import { Buffer } from "node:buffer";
import * as fc from "fast-check";

/** A data message (RFC 6455 §5.6). */
export type Message =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "binary"; readonly bytes: Buffer };

/** The lengths around which the header changes its form (§5.2). */
export const BOUNDARY_LENGTHS: readonly number[] = [0, 1, 125, 126, 127, 65535, 65536];

/** Well-formed text: ASCII, any code points, or those at the ends of UTF-8's ranges (RFC 3629 §3). */
export function text(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: "binary-ascii", maxLength: 40 }) },
    { weight: 4, arbitrary: anyText({ maxLength: 40 }) },
    {
      weight: 1,
      arbitrary: fc.array(boundaryCodePoint(), { maxLength: 30 }).map((points) => points.join("")),
    },
    { weight: 1, arbitrary: anyText({ minLength: 60, maxLength: 300 }) },
  );
}

/** Any code points but surrogates. They are those of fast-check's unit "binary", which takes half a second of each process for its table. */
export function anyText(lengths: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  const point = fc
    .integer({ min: 0, max: 0x10_ffff - 0x800 })
    .map((value) => String.fromCodePoint(value < 0xd800 ? value : value + 0x800));
  return fc.string({ unit: point, ...lengths });
}

/** Bytes without any meaning. */
export function bytes(): fc.Arbitrary<Buffer> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)) },
    {
      weight: 1,
      arbitrary: fc.uint8Array({ minLength: 90, maxLength: 300 }).map((array) => Buffer.from(array)),
    },
  );
}

/** A text or binary message, seldom a long one. */
export function message(): fc.Arbitrary<Message> {
  return fc.oneof(
    { weight: 12, arbitrary: text().map((value): Message => ({ type: "text", text: value })) },
    { weight: 12, arbitrary: bytes().map((value): Message => ({ type: "binary", bytes: value })) },
    { weight: 1, arbitrary: boundaryMessage() },
  );
}

/** A message as long as one at which the header changes its form. */
export function boundaryMessage(): fc.Arbitrary<Message> {
  return fc
    .record({
      length: fc.constantFrom(...BOUNDARY_LENGTHS),
      isText: fc.boolean(),
      fill: fc.integer({ min: 0, max: 127 }),
    })
    .map(({ length, isText, fill }): Message => {
      const payload = Buffer.alloc(length, fill);
      return isText ? { type: "text", text: payload.toString("latin1") } : { type: "binary", bytes: payload };
    });
}

/** The message's payload. */
export function messagePayload(value: Message): Buffer {
  return value.type === "text" ? Buffer.from(value.text, "utf8") : value.bytes;
}

/** Bytes that are not UTF-8, each with the number of bytes after which that is certain. */
export const INVALID_UTF8: ReadonlyArray<{
  readonly name: string;
  readonly hex: string;
  readonly certainAfter: number;
}> = [
  { name: "a lone continuation byte", hex: "80", certainAfter: 1 },
  { name: "an overlong form of two bytes", hex: "c0af", certainAfter: 1 },
  { name: "the other lead byte of overlong forms", hex: "c1bf", certainAfter: 1 },
  { name: "an overlong form of three bytes", hex: "e080af", certainAfter: 2 },
  { name: "the longest overlong form of three bytes", hex: "e09fbf", certainAfter: 2 },
  { name: "an overlong form of four bytes", hex: "f08080af", certainAfter: 2 },
  { name: "the longest overlong form of four bytes", hex: "f08fbfbf", certainAfter: 2 },
  { name: "the first high surrogate", hex: "eda080", certainAfter: 2 },
  { name: "the last low surrogate", hex: "edbfbf", certainAfter: 2 },
  { name: "a pair of surrogates (CESU-8)", hex: "eda081edb080", certainAfter: 2 },
  { name: "U+110000, beyond Unicode", hex: "f4908080", certainAfter: 2 },
  { name: "a lead byte beyond Unicode", hex: "f5808080", certainAfter: 1 },
  { name: "a form of five bytes", hex: "f888808080", certainAfter: 1 },
  { name: "a form of six bytes", hex: "fc8480808080", certainAfter: 1 },
  { name: "the byte FE", hex: "fe", certainAfter: 1 },
  { name: "the byte FF", hex: "ff", certainAfter: 1 },
  { name: "two bytes cut by ASCII", hex: "c341", certainAfter: 2 },
  { name: "three bytes cut by ASCII", hex: "e28241", certainAfter: 3 },
  { name: "four bytes cut by ASCII", hex: "f09f9841", certainAfter: 4 },
  { name: "a sequence cut by the next", hex: "e282e282ac", certainAfter: 3 },
];

function boundaryCodePoint(): fc.Arbitrary<string> {
  const points = [0x0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfeff, 0xfffd, 0xffff, 0x1_0000, 0x10_ffff];
  return fc.constantFrom(...points).map((point) => String.fromCodePoint(point));
}
