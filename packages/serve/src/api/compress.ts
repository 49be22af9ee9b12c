/** A content coding that responses are compressed with (RFC 9110 §8.4.1, RFC 7932, RFC 8878). Node.js has `zstd` from 22.15 on. */
export type Encoding = "br" | "zstd" | "gzip";

/** How `serve({ compress })` compresses responses. Not in Bun. */
export interface CompressOptions {
  /**
   * The codings that are offered, the server's favourite first: it decides between codings that a client likes equally well. Default
   * `["br", "zstd", "gzip"]`. Without zstd in this Node.js, only files with a `.zst` beside them are sent in it.
   */
  encodings?: readonly Encoding[];
  /** A body of fewer bytes is sent as it is, if its length is known before its head leaves: an integer from 0. Default 1024. */
  threshold?: number;
  /**
   * The media types that are compressed, in place of the default: `"text/html"`, `"text/*"`, without parameters; a `*` for both names stands for all. The default is
   * text, JSON, XML, JavaScript, WebAssembly, SVG, and other types that are not compressed already.
   */
  types?: readonly string[];
  /**
   * The quality of all codings, or of each: `br` 0 to 11, `zstd` 1 to 22, `gzip` 1 to 9. Default for responses that are made anew `{ br: 4,
   * zstd: 3, gzip: 6 }`, and for those that are compressed once and kept `{ br: 9, zstd: 12, gzip: 9 }`.
   * Above the former, the thread pool compresses bodies of any length.
   */
  level?: number | { readonly [Name in Encoding]?: number };
}
