/**
 * The module `"bun"`: under `mantou` and `@mantou/bun/register`, `"bun"` is this module. The light
 * `Request`, `Response`, `Headers` and `fetch` become the globals, as with `@mantou/serve`. `@mantou/bun/register` makes
 * the global `Bun`.
 */

export type { BytesInput } from "./base/bytes.ts";
export type { BunFetch } from "./fetch/fetch.ts";
export type { BunFetchInit, FetchProxyOptions, FetchTLSOptions, TLSMaterial } from "./fetch/options.ts";
export type { ArrayBufferSinkOptions } from "./global/array-buffer-sink.ts";
export * from "./global/bun.ts";
export type { DigestEncoding, HashInput, HashInto } from "./global/crypto/input-output.ts";
export type { WriteData } from "./global/files/files.ts";
export type { GlobScanOptions } from "./global/glob/glob.ts";
export { type BunGlobal, default } from "./global/object.ts";
export type {
  Readable,
  ReadableIO,
  SpawnOptions,
  SpawnSyncOptions,
  Subprocess,
  SyncSubprocess,
  Writable,
  WritableIO,
} from "./process/types.ts";
export type { ShellError, ShellOutput } from "./shell/output.ts";
export type { ShellPromise, ShellSettings } from "./shell/promise.ts";
export type { BunShell, Shell } from "./shell/shell.ts";
