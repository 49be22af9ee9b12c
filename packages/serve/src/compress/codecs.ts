import type { Buffer } from "node:buffer";
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import type { Encoding } from "../api/compress.ts";

/** The compression of one content coding, by `node:zlib`. */
export interface Codec {
  /** In this turn of the event loop. */
  compressSync(bytes: Uint8Array, level: number): Buffer;
  /** In the thread pool. */
  compress(bytes: Uint8Array, level: number): Promise<Buffer>;
  /**
   * A stream, in the thread pool.
   * @param flushes whether all that is written comes out at once, for a reader that waits for it
   */
  createStream(level: number, flushes: boolean): Transform;
}

/** Qualities for responses that are made anew: they take about as long as gzip 6, and brotli's own default (11) a hundred times that. */
export const LIVE_LEVELS: Readonly<Record<Encoding, number>> = { br: 4, zstd: 3, gzip: 6 };
/** Qualities for what is compressed once and sent often. */
export const KEPT_LEVELS: Readonly<Record<Encoding, number>> = { br: 9, zstd: 12, gzip: 9 };

/**
 * The window of a stream, as a power of two: 128 KiB. With zlib's defaults a stream that has sent some megabytes keeps 9 MB (brotli) or 4 MB
 * (zstd) as long as it is open, and so about 1 MB: there may be thousands of streams of events.
 */
const STREAM_WINDOW = 17;

const { constants } = zlib;

const brotli: Codec = {
  compressSync: (bytes, level) => zlib.brotliCompressSync(bytes, brotliOptions(bytes, level)),
  compress: (bytes, level) => settle((done) => zlib.brotliCompress(bytes, brotliOptions(bytes, level), done)),
  createStream: (level, flushes) =>
    zlib.createBrotliCompress({
      params: {
        [constants.BROTLI_PARAM_QUALITY]: level,
        [constants.BROTLI_PARAM_LGWIN]: STREAM_WINDOW,
      },
      ...(flushes ? { flush: constants.BROTLI_OPERATION_FLUSH } : {}),
    }),
};

const gzip: Codec = {
  compressSync: (bytes, level) => zlib.gzipSync(bytes, { level }),
  compress: (bytes, level) => settle((done) => zlib.gzip(bytes, { level }, done)),
  createStream: (level, flushes) =>
    zlib.createGzip({ level, ...(flushes ? { flush: constants.Z_SYNC_FLUSH } : {}) }),
};

/** The codings that this Node.js has. */
export const CODECS: ReadonlyMap<Encoding, Codec> = new Map<Encoding, Codec>([
  ["br", brotli],
  ["gzip", gzip],
  ...zstdOf(zlib as unknown as Partial<ZstdModule>),
]);

function brotliOptions({ length }: Uint8Array, level: number): zlib.BrotliOptions {
  return { params: { [constants.BROTLI_PARAM_QUALITY]: level, [constants.BROTLI_PARAM_SIZE_HINT]: length } };
}

/** Node.js has these members from 22.15 and 23.8 on. The types of `node:zlib` are those of Node.js 20, which lacks them. */
interface ZstdModule {
  zstdCompress(bytes: Uint8Array, options: ZstdOptions, done: Done): void;
  zstdCompressSync(bytes: Uint8Array, options: ZstdOptions): Buffer;
  createZstdCompress(options: ZstdOptions): Transform;
  constants: {
    readonly ZSTD_c_compressionLevel: number;
    readonly ZSTD_c_windowLog: number;
    readonly ZSTD_e_flush: number;
  };
}

interface ZstdOptions {
  readonly params: Readonly<Record<number, number>>;
  readonly flush?: number;
}

function zstdOf(module: Partial<ZstdModule>): [Encoding, Codec][] {
  const { zstdCompress, zstdCompressSync, createZstdCompress, constants: names } = module;
  if (zstdCompress === undefined || zstdCompressSync === undefined || createZstdCompress === undefined)
    return [];
  const { ZSTD_c_compressionLevel, ZSTD_c_windowLog, ZSTD_e_flush } = names!;
  const optionsOf = (level: number): ZstdOptions => ({ params: { [ZSTD_c_compressionLevel]: level } });
  const codec: Codec = {
    compressSync: (bytes, level) => zstdCompressSync(bytes, optionsOf(level)),
    compress: (bytes, level) => settle((done) => zstdCompress(bytes, optionsOf(level), done)),
    createStream: (level, flushes) =>
      createZstdCompress({
        params: { [ZSTD_c_compressionLevel]: level, [ZSTD_c_windowLog]: STREAM_WINDOW },
        ...(flushes ? { flush: ZSTD_e_flush } : {}),
      }),
  };
  return [["zstd", codec]];
}

type Done = (error: Error | null, result: Buffer) => void;

function settle(start: (done: Done) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    start((error, result) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
}
