import { Buffer } from "node:buffer";
import { constants, deflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { type DeflateBlock, type DeflateSymbol, writeBlocks } from "./deflate-blocks.ts";
import { bytes, text } from "./messages.ts";
import { cut, cuts } from "./splits.ts";

/** A message and a payload that a peer may have compressed it to (RFC 7692 §7.2.1). */
export interface CompressedMessage {
  readonly message: Buffer;
  readonly payload: Buffer;
}

/** The agreement about the peer's compressor. */
export interface CompressorLimits {
  /** Its window has 2^windowBits bytes; 8-15. */
  readonly windowBits: number;
  /** Whether it may refer to the messages before. */
  readonly takeover: boolean;
  /**
   * Whether it may end blocks, and so its stream, as final (RFC 7692 §7.2.3.4); it may by default. Not every receiver reads
   * the bytes behind one.
   */
  readonly finalBlocks?: boolean;
}

/** The messages before, as far as the window holds them. */
type History = Uint8Array;

/** Compresses one message, by the messages before. */
type Compress = (history: History) => CompressedMessage & { readonly forgets: boolean };

const { Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH } = constants;
const NOTHING: Buffer = Buffer.alloc(0);
const TAIL_BYTES = 4;

/**
 * Messages as a peer might compress them in turn: by zlib with any settings and flushes, or by DEFLATE blocks that zlib does not
 * write, with the longest and farthest matches.
 */
export function compressedMessages(limits: CompressorLimits): fc.Arbitrary<CompressedMessage[]> {
  return fc.array(fc.oneof(byZlib(limits), byBlocks(limits)), { minLength: 1, maxLength: 5 }).map((list) => {
    let history: History = NOTHING;
    return list.map((compress) => {
      const { message, payload, forgets } = compress(history);
      history = forgets || !limits.takeover ? NOTHING : windowOf(limits, [history, message]);
      return { message, payload };
    });
  });
}

/** One of {@link compressedMessages}: it refers only to itself. */
export function compressedMessage(windowBits: number): fc.Arbitrary<CompressedMessage> {
  return compressedMessages({ windowBits, takeover: false }).map((list) => list[0]!);
}

function windowOf({ windowBits }: CompressorLimits, parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts).subarray(-(2 ** windowBits));
}

/** Text, bytes, or repeated bytes, which give matches. */
function content(): fc.Arbitrary<Buffer> {
  const repeated = fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 30 }), fc.nat(60), fc.uint8Array({ maxLength: 5 }))
    .map(([part, times, rest]) => Buffer.concat([...Array<Uint8Array>(times).fill(part), rest]));
  return fc.oneof(
    text().map((value) => Buffer.from(value)),
    bytes(),
    repeated,
  );
}

/** By zlib: in one piece or flushed within, and with a block at its end that is final or not. */
function byZlib(limits: CompressorLimits): fc.Arbitrary<Compress> {
  const settings = fc.record({
    // zlib cannot compress with 8, but its output with 9 fits a window of 8.
    windowBits: fc.integer({ min: 9, max: Math.max(9, limits.windowBits) }),
    memLevel: fc.integer({ min: 1, max: 9 }),
    level: fc.integer({ min: 0, max: 9 }),
    strategy: fc.integer({ min: constants.Z_DEFAULT_STRATEGY, max: constants.Z_FIXED }),
  });
  const flushes = [Z_SYNC_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH];
  const flush = fc.constantFrom(...flushes, ...(limits.finalBlocks === false ? [] : [Z_FINISH]));
  const pieces = content().chain((message) =>
    cuts(message.length).map((at) => cut(message, at.slice(0, 4)).map((piece) => Buffer.from(piece))),
  );
  return fc.tuple(settings, flush, pieces).map(
    ([options, last, parts]): Compress =>
      (before) => {
        let history = before;
        const payload = parts.map((part, i) => {
          const isLast = i === parts.length - 1;
          const finishFlush = isLast ? last : Z_SYNC_FLUSH;
          const dictionary = history.length === 0 ? {} : { dictionary: history };
          const written = deflateRawSync(part, { ...options, finishFlush, ...dictionary });
          history = windowOf(limits, [history, part]);
          if (!isLast) return written;
          // RFC 7692 §7.2.3.4: behind a final block stands the head of the empty one, without its rest.
          if (last === Z_FINISH) return Buffer.concat([written, Uint8Array.of(0)]);
          return part.length === 0 ? Buffer.of(0) : written.subarray(0, written.length - TAIL_BYTES);
        });
        return { message: Buffer.concat(parts), payload: Buffer.concat(payload), forgets: last === Z_FINISH };
      },
  );
}

/**
 * The content of a block, before the length of the window is known. `fill`: repeated until the window is full, and then as far back
 * as possible.
 */
type Wish =
  | { readonly bytes: Uint8Array; readonly stored: boolean }
  | { readonly length: number; readonly distance: number; readonly fill: boolean };

/** By blocks made here: stored ones, empty ones, final ones, and matches that an encoder seldom finds. */
function byBlocks(limits: CompressorLimits): fc.Arbitrary<Compress> {
  const match = fc.record({
    length: fc.oneof(fc.integer({ min: 3, max: 258 }), fc.constantFrom(3, 10, 11, 257, 258)),
    distance: fc.oneof(fc.nat(40), fc.nat(), fc.constant(-1), fc.constant(0)),
    fill: fc.oneof(
      { weight: 19, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
  });
  const plain = fc.record({ bytes: fc.uint8Array({ maxLength: 20 }), stored: fc.boolean() });
  const block = fc.record({
    wishes: fc.array(fc.oneof(plain, match), { maxLength: 5 }),
    final: fc.nat(9).map((n) => n === 9 && limits.finalBlocks !== false),
  });
  return fc.array(block, { maxLength: 4 }).map(
    (wished): Compress =>
      (before) => {
        const composer = new Composer(before, 2 ** limits.windowBits);
        for (const { wishes, final } of wished) {
          for (const wish of wishes) composer.fulfil(wish);
          composer.end(final);
        }
        const { blocks, output } = composer;
        return {
          message: Buffer.from(output.slice(before.length)),
          payload: writeBlocks(blocks),
          forgets: blocks.some(({ final }) => final),
        };
      },
  );
}

/** Makes blocks of the wanted content, as far as it is possible, and their decompressed bytes. */
class Composer {
  readonly output: number[];
  readonly blocks: DeflateBlock[] = [];
  readonly #window: number;
  #start = 0;
  #symbols: DeflateSymbol[] = [];

  constructor(before: History, window: number) {
    this.output = [...before];
    this.#window = window;
  }

  fulfil(wish: Wish): void {
    if ("bytes" in wish) {
      this.output.push(...wish.bytes);
      if (wish.stored) {
        this.end(false);
        this.blocks.push({ final: false, content: wish.bytes });
      } else this.#symbols.push(...wish.bytes);
      return;
    }
    const reach = this.#reach();
    if (reach === 0) return;
    // -1: as far back as possible.
    this.#match(wish.length, wish.distance === -1 ? reach : 1 + (wish.distance % reach));
    if (!wish.fill) return;
    while (this.#reach() < this.#window) this.#match(258, this.#reach());
    this.#match(wish.length, this.#window);
  }

  /** Ends a block; behind a final one no match can refer to bytes before it. */
  end(final: boolean): void {
    this.blocks.push({ final, content: this.#symbols });
    this.#symbols = [];
    if (final) this.#start = this.output.length;
  }

  #reach(): number {
    return Math.min(this.output.length - this.#start, this.#window);
  }

  #match(length: number, distance: number): void {
    this.#symbols.push([length, distance]);
    for (let i = 0; i < length; i++) this.output.push(this.output[this.output.length - distance]!);
  }
}
