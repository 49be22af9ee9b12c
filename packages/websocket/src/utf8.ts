import { type Buffer, isUtf8 } from "node:buffer";

/** Below this many bytes the loop is cheaper than a view and a native call (about 50 ns on Node 20, 37 ns on Node 26). */
const NATIVE_FROM = 48;

/**
 * Checks UTF-8 that arrives in pieces, cut anywhere (RFC 3629; RFC 6455 §8.1). It fails at the first byte that cannot be
 * part of a valid text, even within an incomplete sequence. When it is `complete`, it can check the next text.
 */
export class Utf8Validator {
  /** Continuation bytes that the open sequence still needs. */
  #needed = 0;
  /** The range in which the next continuation byte must lie: narrower than 80-BF after E0, ED, F0 and F4. */
  #low = 0x80;
  #high = 0xbf;

  /** Whether the text may end here: no sequence is open. */
  get complete(): boolean {
    return this.#needed === 0;
  }

  /** Takes `bytes[from, to)`; false as soon as the text cannot be valid any more. Don't call it again after that. */
  push(bytes: Uint8Array, from: number, to: number): boolean {
    let at = from;
    if (to - from >= NATIVE_FROM) {
      while (this.#needed > 0) if (!this.#step(bytes[at++]!)) return false;
      // The native check keeps no state, so it must not get a sequence that the next piece completes.
      const cut = startOfLastSequence(bytes, to);
      if (!isUtf8(bytes.subarray(at, cut))) return false;
      at = cut;
    }
    for (; at < to; at++) {
      const byte = bytes[at]!;
      if (byte < 0x80 && this.#needed === 0) continue;
      if (!this.#step(byte)) return false;
    }
    return true;
  }

  /** The same for `count` bytes that are known to be ASCII. */
  pushAscii(count: number): boolean {
    return count === 0 || this.#needed === 0;
  }

  #step(byte: number): boolean {
    if (this.#needed > 0) {
      if (byte < this.#low || byte > this.#high) return false;
      this.#low = 0x80;
      this.#high = 0xbf;
      this.#needed--;
      return true;
    }
    if (byte < 0x80) return true;
    // C0 and C1 could only begin overlong forms; F5-FF lie beyond U+10FFFF (RFC 3629 §4).
    if (byte < 0xc2 || byte > 0xf4) return false;
    if (byte < 0xe0) {
      this.#needed = 1;
    } else if (byte < 0xf0) {
      this.#needed = 2;
      if (byte === 0xe0) this.#low = 0xa0; // below: overlong
      if (byte === 0xed) this.#high = 0x9f; // above: surrogates
    } else {
      this.#needed = 3;
      if (byte === 0xf0) this.#low = 0x90; // below: overlong
      if (byte === 0xf4) this.#high = 0x8f; // above: beyond U+10FFFF
    }
    return true;
  }
}

/** The text at `bytes[start, end)`, or null if it is not UTF-8. A byte order mark stays. */
export function decodeUtf8(bytes: Buffer, start: number, end: number): string | null {
  return isUtf8(bytes.subarray(start, end)) ? bytes.toString("utf8", start, end) : null;
}

/** The beginning of the last multi-byte sequence, if it is in the last three bytes and so may be incomplete; or `to`. */
function startOfLastSequence(bytes: Uint8Array, to: number): number {
  for (let at = to - 1; at >= to - 3; at--) if (bytes[at]! >= 0xc0) return at;
  return to;
}
