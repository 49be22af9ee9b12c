import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { type CompressedMessage, type CompressorLimits, compressedMessages } from "./deflate.ts";
import { BitWriter, writeBlock, writeLengthOrLiteral, writeSymbol } from "./deflate-blocks.ts";

/** A payload that is not valid DEFLATE, behind valid messages. */
export interface Undecodable {
  readonly before: readonly CompressedMessage[];
  readonly payload: Buffer;
  /** Its defect. */
  readonly kind: UndecodableKind;
}

/** Writes the defect, behind a valid block; `reach` is the number of bytes that a match could refer to. */
type Wrong = (writer: BitWriter, reach: number) => unknown;

const fixed = (writer: BitWriter): BitWriter => writer.bits(0, 1).bits(1, 2);

/** The kinds of invalid DEFLATE. */
type WrongKind =
  | "a reserved kind of block"
  | "a stored block's length without its complement"
  | "a match that reaches before the beginning"
  | "a reserved length"
  | "a reserved distance"
  | "too many codes"
  | "codes that take more than there is";

/** Defects that every inflate must find at once (RFC 1951 §3.2). */
const WRONG: { readonly [Kind in WrongKind]: () => fc.Arbitrary<Wrong> } = {
  "a reserved kind of block": () =>
    fc.boolean().map(
      (final): Wrong =>
        (writer) =>
          writer.bits(final ? 7 : 6, 3),
    ),
  "a stored block's length without its complement": () =>
    fc.tuple(fc.nat(65535), fc.nat(65535)).map(
      ([length, complement]): Wrong =>
        (writer) => {
          const other = (length ^ complement) === 65535 ? complement ^ 1 : complement;
          return writer.bits(0, 3).bytes(Uint8Array.of(length, length >> 8, other, other >> 8));
        },
    ),
  "a match that reaches before the beginning": () =>
    fc.tuple(fc.integer({ min: 3, max: 258 }), fc.nat()).map(
      ([length, far]): Wrong =>
        (writer, reach) =>
          writeSymbol(fixed(writer), [length, reach + 1 + (far % (32768 - reach))]),
    ),
  "a reserved length": () =>
    fc.constantFrom(286, 287).map(
      (symbol): Wrong =>
        (writer) =>
          writeLengthOrLiteral(fixed(writer), symbol),
    ),
  "a reserved distance": () =>
    fc.constantFrom(30, 31).map(
      (code): Wrong =>
        (writer) => {
          writeLengthOrLiteral(fixed(writer), 257);
          return writer.code(code, 5);
        },
    ),
  "too many codes": () =>
    fc.constantFrom(30, 31).map(
      (count): Wrong =>
        (writer) =>
          writer.bits(0, 1).bits(2, 2).bits(count, 5).bits(0, 9),
    ),
  "codes that take more than there is": () =>
    // All of the code length code's lengths are 1.
    fc.integer({ min: 0, max: 15 }).map(
      (count): Wrong =>
        (writer) => {
          writer.bits(0, 1).bits(2, 2).bits(0, 10).bits(count, 4);
          for (let i = 0; i < count + 4; i++) writer.bits(1, 3);
          return writer;
        },
    ),
};

/** A kind of {@link undecodable}. */
export type UndecodableKind = WrongKind | "a match that reaches into the message before";

/** All of them. */
export const UNDECODABLE_KINDS: readonly UndecodableKind[] = [
  ...(Object.keys(WRONG) as UndecodableKind[]),
  "a match that reaches into the message before",
];

/**
 * Payloads that must fail the connection with 1007, whatever comes before and behind them. The kind "a match that reaches into the message before"
 * is generated only for a peer that may not do that.
 */
export function undecodable(limits: CompressorLimits): fc.Arbitrary<Undecodable> {
  const kinds = Object.keys(WRONG) as Array<WrongKind>;
  const all = kinds.map((kind) => fc.tuple(fc.constant<UndecodableKind>(kind), WRONG[kind]()));
  if (!limits.takeover) all.push(intoMessageBefore());
  return fc
    .tuple(
      compressedMessages(limits).filter((list) => total(list) < 30_000),
      fc.uint8Array({ maxLength: 20 }),
      fc.oneof(...all),
      fc.uint8Array({ maxLength: 20 }),
    )
    .map(([before, own, [kind, wrong], behind]) => {
      const writer = new BitWriter();
      writeBlock(writer, { final: false, content: [...own] });
      wrong(writer, own.length + (limits.takeover ? total(before) : 0));
      return { before, payload: Buffer.concat([writer.finish(), behind]), kind };
    });
}

function intoMessageBefore(): fc.Arbitrary<[UndecodableKind, Wrong]> {
  const wrong = fc.integer({ min: 3, max: 258 }).map(
    (length): Wrong =>
      (writer, reach) =>
        writeSymbol(fixed(writer), [length, reach + 1]),
  );
  return fc.tuple(fc.constant<UndecodableKind>("a match that reaches into the message before"), wrong);
}

function total(list: readonly CompressedMessage[]): number {
  return list.reduce((sum, { message }) => sum + message.length, 0);
}
