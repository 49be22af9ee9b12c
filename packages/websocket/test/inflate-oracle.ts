/**
 * RFC 1951 as written, bit by bit and without any thought of speed, and RFC 7692 §7.2.2 around it: an oracle for what zlib makes
 * and reads. Unlike zlib it knows how far back a payload refers, and whether it ends where a block does.
 */
export interface Inflated {
  readonly message: Buffer;
  /** The greatest distance that a match had; 0 without one. */
  readonly farthest: number;
  readonly finalBlocks: number;
  /** How many bytes of the payload stand before, and in, the last of them; 0 without one. */
  readonly lastFinalEnd: number;
}

/** A Huffman code: symbols by their code, which is written with its length since leading zeros count. */
type Code = ReadonlyMap<string, number>;

const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const FIXED_LITERALS: Code = codeOf(
  Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
);
const FIXED_DISTANCES: Code = codeOf(Array<number>(32).fill(5));

/**
 * The message behind a payload, which may refer to `history`.
 *
 * @throws Error if it is no DEFLATE, or does not end where a block ends
 */
export function inflateNaively(payload: Uint8Array, history: Uint8Array = new Uint8Array()): Inflated {
  const input = Buffer.concat([payload, Buffer.of(0, 0, 255, 255)]);
  const output = [...history];
  let at = 0;
  let start = 0;
  let farthest = 0;
  let finalBlocks = 0;
  let lastFinalEnd = 0;
  let endsEmpty = false;

  function bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, at++) {
      if (at >= input.length * 8) throw new Error("the payload ends within a block");
      value |= ((input[at >> 3]! >> (at & 7)) & 1) << i;
    }
    return value;
  }

  function align(): void {
    at = (at + 7) & ~7;
  }

  function symbol(code: Code): number {
    for (let key = ""; key.length < 16; ) {
      key += bits(1);
      const found = code.get(key);
      if (found !== undefined) return found;
    }
    throw new Error("not a code");
  }

  function storedBlock(): void {
    align();
    const length = bits(16);
    if ((bits(16) ^ length) !== 0xffff)
      throw new Error("the length and its complement contradict each other");
    for (let i = 0; i < length; i++) output.push(bits(8));
    endsEmpty = length === 0;
  }

  function compressedBlock(literals: Code, distances: Code): void {
    for (;;) {
      const found = symbol(literals);
      if (found === 256) return;
      if (found < 256) {
        output.push(found);
        continue;
      }
      if (found > 285) throw new Error("a reserved length");
      const length = LENGTH_BASE[found - 257]! + bits(LENGTH_EXTRA[found - 257]!);
      const code = symbol(distances);
      if (code > 29) throw new Error("a reserved distance");
      const distance = DISTANCE_BASE[code]! + bits(code < 2 ? 0 : (code >> 1) - 1);
      if (distance > output.length - start) throw new Error("a distance beyond the beginning");
      farthest = Math.max(farthest, distance);
      for (let i = 0; i < length; i++) output.push(output[output.length - distance]!);
    }
  }

  function dynamicBlock(): void {
    const [literals, distances, codes] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
    if (literals > 286 || distances > 30) throw new Error("too many codes");
    const codeLengths = Array<number>(19).fill(0);
    for (let i = 0; i < codes; i++) codeLengths[CODE_LENGTH_ORDER[i]!] = bits(3);
    const code = codeOf(codeLengths);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const found = symbol(code);
      if (found < 16) lengths.push(found);
      else if (found === 16) repeat(lengths, lengths.at(-1), 3 + bits(2));
      else repeat(lengths, 0, found === 17 ? 3 + bits(3) : 11 + bits(7));
    }
    if (lengths.length > literals + distances) throw new Error("a repetition beyond the end");
    if (lengths[256] === 0) throw new Error("a block without an end");
    compressedBlock(codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals), "distances"));
  }

  while (at < input.length * 8) {
    const isFinal = bits(1) === 1;
    const kind = bits(2);
    endsEmpty = false;
    if (kind === 0) storedBlock();
    else if (kind === 1) compressedBlock(FIXED_LITERALS, FIXED_DISTANCES);
    else if (kind === 2) dynamicBlock();
    else throw new Error("a reserved kind of block");
    if (!isFinal) continue;
    finalBlocks++;
    align();
    lastFinalEnd = at / 8;
    start = output.length;
  }
  // RFC 7692 §7.2.1: what was put back is the end of an empty stored block, and not of any other.
  if (!endsEmpty) throw new Error("the payload ends within a block");
  return { message: Buffer.from(output.slice(history.length)), farthest, finalBlocks, lastFinalEnd };
}

function repeat(lengths: number[], value: number | undefined, times: number): void {
  if (value === undefined) throw new Error("there is nothing to repeat");
  for (let i = 0; i < times; i++) lengths.push(value);
}

/**
 * The code that these lengths define (RFC 1951 §3.2.2). It must be complete, but that one symbol alone may have a bit (§3.2.7), and
 * distances may be missing.
 */
function codeOf(lengths: readonly number[], kind: "distances" | "others" = "others"): Code {
  const code = new Map<string, number>();
  let next = 0;
  let longest = 0;
  for (let length = 1; length < 16; length++) {
    next <<= 1;
    for (const [symbol, own] of lengths.entries()) {
      if (own !== length) continue;
      code.set((next++).toString(2).padStart(length, "0"), symbol);
      longest = length;
    }
    if (next > 1 << length) throw new Error("the codes take more than there is");
  }
  const isComplete = next === 1 << 15;
  if (!isComplete && !(kind === "distances" && longest <= 1))
    throw new Error("the codes take less than there is");
  return code;
}
