/**
 * How a side compresses, or decompresses, under permessage-deflate, by Bun's names. `"shared"` keeps nothing from one message to the
 * next. The others keep a window of the earlier messages for each connection, in the memory that they name by zlib's own account.
 *
 * Node.js builds zlib as Chromium does, with a hash table of 64 KiB whatever `memLevel` says. Measured as resident memory of each of
 * 400 streams, Node.js 20 and 26 alike: compressors take 76 KiB ("3KB", "4KB"), 84 ("8KB"), 86 ("16KB"), 99 ("32KB"), 117
 * ("64KB"), 151 ("128KB") and 215 ("256KB", "dedicated"); decompressors 16 KiB ("3KB"), 18, 22, 30, and 46-52 ("32KB" and more).
 */
export type Compressor =
  | "disable"
  | "shared"
  | "dedicated"
  | "3KB"
  | "4KB"
  | "8KB"
  | "16KB"
  | "32KB"
  | "64KB"
  | "128KB"
  | "256KB";

/** zlib's settings for a {@link Compressor}. */
export interface CompressorSettings {
  /** Whether a message may refer to earlier ones: "context takeover" (RFC 7692 §7.1.1). */
  readonly takeover: boolean;
  /** The window has 2^windowBits bytes; 9-15. */
  readonly windowBits: number;
  /** 1-9; the hash tables have 2^(memLevel + 9) bytes by zlib's own account. */
  readonly memLevel: number;
}

/** The limits of the peer's compressor that a side demands for its own decompressor. */
export interface DecompressorSettings {
  /** Whether the peer may refer to its earlier messages. */
  readonly takeover: boolean;
  /** The window that the peer may use has 2^windowBits bytes; 11-15. */
  readonly windowBits: number;
}

interface Row extends CompressorSettings {
  readonly decompress: DecompressorSettings;
}

/** A Map, since options come from outside: an object would have `constructor`. */
const ROWS: ReadonlyMap<unknown, Row | null> = new Map([
  ["disable", null],
  ["shared", row(false, 15, 8, 15)],
  ["dedicated", row(true, 15, 8, 15)],
  ["3KB", row(true, 9, 1, 11)],
  ["4KB", row(true, 9, 2, 12)],
  ["8KB", row(true, 10, 3, 13)],
  ["16KB", row(true, 11, 4, 14)],
  ["32KB", row(true, 12, 5, 15)],
  ["64KB", row(true, 13, 6, 15)],
  ["128KB", row(true, 14, 7, 15)],
  ["256KB", row(true, 15, 8, 15)],
]);

/**
 * zlib's settings for the compressor `name`; null for `"disable"`. zlib needs 2^(windowBits + 2) + 2^(memLevel + 9) bytes for it.
 *
 * @throws TypeError for any other name.
 */
export function compressorSettings(name: Compressor): CompressorSettings | null {
  const found = find(name);
  if (found === null) return null;
  const { takeover, windowBits, memLevel } = found;
  return { takeover, windowBits, memLevel };
}

/**
 * The limits for the peer with the decompressor `name`; null for `"disable"`. A decompressor's memory is its window, so the size is
 * the window's, at most 32 KiB; `"3KB"` is 2 KiB. As in Bun.
 *
 * @throws TypeError for any other name.
 */
export function decompressorSettings(name: Compressor): DecompressorSettings | null {
  return find(name)?.decompress ?? null;
}

function find(name: Compressor): Row | null {
  const found = ROWS.get(name);
  if (found === undefined) {
    const names = [...ROWS.keys()].map((known) => JSON.stringify(known)).join(", ");
    throw new TypeError(
      `perMessageDeflate: ${JSON.stringify(name)} is not a compressor; the compressors are ${names}`,
    );
  }
  return found;
}

function row(takeover: boolean, windowBits: number, memLevel: number, decompressBits: number): Row {
  return { takeover, windowBits, memLevel, decompress: { takeover, windowBits: decompressBits } };
}
