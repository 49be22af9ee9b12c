/**
 * The exports of the module `"bun"`, which are also the members of the global `Bun`: each is built in a file of this folder, or stands in
 * `missing.ts`. A test compares the names with Bun's.
 */
import { LazyModule } from "./lazy.ts";
import { missing } from "./missing.ts";

export { fileURLToPath, pathToFileURL } from "node:url";
export { inspect } from "node:util";
// The exports below take precedence over the types of the same names.
export type * from "@mantou/serve";
export { Cookie, CookieMap, file } from "@mantou/serve";
export { escapeHTML } from "@mantou/serve/hosting";
export { fetch } from "../fetch/fetch.ts";
export { write } from "./files.ts";
export {
  argv,
  embeddedFiles,
  enableANSIColors,
  env,
  gc,
  isMainThread,
  isStandaloneExecutable,
  main,
  revision,
  shrink,
  version,
} from "./runtime.ts";
export { serve } from "./serve.ts";
export { nanoseconds, sleep, sleepSync } from "./time.ts";

type CryptoHasherModule = typeof import("./crypto-hasher.ts");
const cryptoHasher = new LazyModule<CryptoHasherModule>("./crypto-hasher.js");
export const CryptoHasher: CryptoHasherModule["CryptoHasher"] = cryptoHasher.function("CryptoHasher");
export type CryptoHasher = import("./crypto-hasher.ts").CryptoHasher;

type GlobModule = typeof import("./glob.ts");
const glob = new LazyModule<GlobModule>("./glob.js");
export const Glob: GlobModule["Glob"] = glob.function("Glob");
export type Glob = import("./glob.ts").Glob;

type SemverModule = typeof import("./semver.ts");
export const semver: SemverModule["semver"] = new LazyModule<SemverModule>("./semver.js").object("semver");

/** Uninitialized memory. */
export const allocUnsafe = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

export const $: never = missing("$");
export const Archive: never = missing("Archive");
export const ArrayBufferSink: never = missing("ArrayBufferSink");
export const CSRF: never = missing("CSRF");
export const FFI: never = missing("FFI");
export const FetchSession: never = missing("FetchSession");
export const FileSystemRouter: never = missing("FileSystemRouter");
export const Image: never = missing("Image");
export const JSON5: never = missing("JSON5");
export const JSONC: never = missing("JSONC");
export const JSONL: never = missing("JSONL");
export const MD4: never = missing("MD4");
export const MD5: never = missing("MD5");
export const ModuleGraph: never = missing("ModuleGraph");
export const RedisClient: never = missing("RedisClient");
export const S3Client: never = missing("S3Client");
export const SHA1: never = missing("SHA1");
export const SHA224: never = missing("SHA224");
export const SHA256: never = missing("SHA256");
export const SHA384: never = missing("SHA384");
export const SHA512: never = missing("SHA512");
export const SHA512_256: never = missing("SHA512_256");
export const SQL: never = missing("SQL");
export const TOML: never = missing("TOML");
export const Terminal: never = missing("Terminal");
export const Transpiler: never = missing("Transpiler");
export const WebView: never = missing("WebView");
export const XML: never = missing("XML");
export const YAML: never = missing("YAML");
export const build: never = missing("build");
export const color: never = missing("color");
export const concatArrayBuffers: never = missing("concatArrayBuffers");
export const connect: never = missing("connect");
export const cron: never = missing("cron");
export const deepEquals: never = missing("deepEquals");
export const deepMatch: never = missing("deepMatch");
export const deflateSync: never = missing("deflateSync");
export const dns: never = missing("dns");
export const generateHeapSnapshot: never = missing("generateHeapSnapshot");
export const gunzipSync: never = missing("gunzipSync");
export const gzipSync: never = missing("gzipSync");
export const hash: never = missing("hash");
export const indexOfLine: never = missing("indexOfLine");
export const inflateSync: never = missing("inflateSync");
export const listen: never = missing("listen");
export const markdown: never = missing("markdown");
export const mmap: never = missing("mmap");
export const openInEditor: never = missing("openInEditor");
export const password: never = missing("password");
export const peek: never = missing("peek");
export const plugin: never = missing("plugin");
export const postgres: never = missing("postgres");
export const randomUUIDv5: never = missing("randomUUIDv5");
export const randomUUIDv7: never = missing("randomUUIDv7");
export const readableStreamToArray: never = missing("readableStreamToArray");
export const readableStreamToArrayBuffer: never = missing("readableStreamToArrayBuffer");
export const readableStreamToBlob: never = missing("readableStreamToBlob");
export const readableStreamToBytes: never = missing("readableStreamToBytes");
export const readableStreamToFormData: never = missing("readableStreamToFormData");
export const readableStreamToJSON: never = missing("readableStreamToJSON");
export const readableStreamToText: never = missing("readableStreamToText");
export const redis: never = missing("redis");
export const resolve: never = missing("resolve");
export const resolveSync: never = missing("resolveSync");
export const s3: never = missing("s3");
export const secrets: never = missing("secrets");
export const sha: never = missing("sha");
export const sliceAnsi: never = missing("sliceAnsi");
export const spawn: never = missing("spawn");
export const spawnSync: never = missing("spawnSync");
export const sql: never = missing("sql");
export const stderr: never = missing("stderr");
export const stdin: never = missing("stdin");
export const stdout: never = missing("stdout");
export const stringWidth: never = missing("stringWidth");
export const stripANSI: never = missing("stripANSI");
export const udpSocket: never = missing("udpSocket");
export const unsafe: never = missing("unsafe");
export const which: never = missing("which");
export const wrapAnsi: never = missing("wrapAnsi");
export const zstdCompress: never = missing("zstdCompress");
export const zstdCompressSync: never = missing("zstdCompressSync");
export const zstdDecompress: never = missing("zstdDecompress");
export const zstdDecompressSync: never = missing("zstdDecompressSync");
