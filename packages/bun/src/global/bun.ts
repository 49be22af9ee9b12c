/**
 * The exports of the module `"bun"`, which are also the members of the global `Bun`: each is built in a file of this folder, or stands in
 * `missing.ts`. A test compares the names with Bun's.
 */
import { LazyModule } from "../base/lazy.ts";
import { missing } from "../base/missing.ts";

export { fileURLToPath, pathToFileURL } from "node:url";
// The exports below take precedence over the types of the same names.
export type * from "@mantou/serve";
export { Cookie, CookieMap, file } from "@mantou/serve";
export { escapeHTML } from "@mantou/serve/hosting";
export { fetch } from "../fetch/fetch.ts";
export { stderr, stdin, stdout, write } from "./files/files.ts";
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

type CryptoHasherModule = typeof import("./crypto/crypto-hasher.ts");
const cryptoHasher = new LazyModule<CryptoHasherModule>("../global/crypto/crypto-hasher.js");
export const CryptoHasher: CryptoHasherModule["CryptoHasher"] = cryptoHasher.function("CryptoHasher");
export type CryptoHasher = import("./crypto/crypto-hasher.ts").CryptoHasher;

type Hashing = typeof import("./hash/hash.ts");
const hashing = new LazyModule<Hashing>("../global/hash/hash.js");
export const hash: Hashing["hash"] = hashing.function("hash");

type HashClasses = typeof import("./crypto/hash-classes.ts");
const hashClasses = new LazyModule<HashClasses>("../global/crypto/hash-classes.js");
export const MD4: HashClasses["MD4"] = hashClasses.function("MD4");
export type MD4 = import("./crypto/hash-classes.ts").HashInstance;
export const MD5: HashClasses["MD5"] = hashClasses.function("MD5");
export type MD5 = import("./crypto/hash-classes.ts").HashInstance;
export const SHA1: HashClasses["SHA1"] = hashClasses.function("SHA1");
export type SHA1 = import("./crypto/hash-classes.ts").HashInstance;
export const SHA224: HashClasses["SHA224"] = hashClasses.function("SHA224");
export type SHA224 = import("./crypto/hash-classes.ts").HashInstance;
export const SHA256: HashClasses["SHA256"] = hashClasses.function("SHA256");
export type SHA256 = import("./crypto/hash-classes.ts").HashInstance;
export const SHA384: HashClasses["SHA384"] = hashClasses.function("SHA384");
export type SHA384 = import("./crypto/hash-classes.ts").HashInstance;
export const SHA512: HashClasses["SHA512"] = hashClasses.function("SHA512");
export type SHA512 = import("./crypto/hash-classes.ts").HashInstance;
export const SHA512_256: HashClasses["SHA512_256"] = hashClasses.function("SHA512_256");
export type SHA512_256 = import("./crypto/hash-classes.ts").HashInstance;
export const sha: HashClasses["sha"] = hashClasses.function("sha");

type DataFormats = typeof import("./formats/data.ts");
const dataFormats = new LazyModule<DataFormats>("../global/formats/data.js");
export const JSON5: DataFormats["JSON5"] = dataFormats.object("JSON5");
export const JSONC: DataFormats["JSONC"] = dataFormats.object("JSONC");
export const TOML: DataFormats["TOML"] = dataFormats.object("TOML");
export const YAML: DataFormats["YAML"] = dataFormats.object("YAML");
type JSONLines = typeof import("./formats/jsonl.ts");
export const JSONL: JSONLines["JSONL"] = new LazyModule<JSONLines>("../global/formats/jsonl.js").object(
  "JSONL",
);

type TerminalTexts = typeof import("./ansi.ts");
const terminalTexts = new LazyModule<TerminalTexts>("../global/ansi.js");
export const sliceAnsi: TerminalTexts["sliceAnsi"] = terminalTexts.function("sliceAnsi");
export const stringWidth: TerminalTexts["stringWidth"] = terminalTexts.function("stringWidth");
export const stripANSI: TerminalTexts["stripANSI"] = terminalTexts.function("stripANSI");
export const wrapAnsi: TerminalTexts["wrapAnsi"] = terminalTexts.function("wrapAnsi");

type Inspection = typeof import("./inspect/inspect.ts");
const inspection = new LazyModule<Inspection>("../global/inspect/inspect.js");
export const inspect: Inspection["inspect"] = inspection.function("inspect");

type GlobModule = typeof import("./glob/glob.ts");
const glob = new LazyModule<GlobModule>("../global/glob/glob.js");
export const Glob: GlobModule["Glob"] = glob.function("Glob");
export type Glob = import("./glob/glob.ts").Glob;

type SemverModule = typeof import("./semver.ts");
export const semver: SemverModule["semver"] = new LazyModule<SemverModule>("../global/semver.js").object(
  "semver",
);

type StreamConsumers = typeof import("./web/stream-consumers.ts");
const streamConsumers = new LazyModule<StreamConsumers>("../global/web/stream-consumers.js");
export const readableStreamToArray: StreamConsumers["readableStreamToArray"] =
  streamConsumers.function("readableStreamToArray");
export const readableStreamToArrayBuffer: StreamConsumers["readableStreamToArrayBuffer"] =
  streamConsumers.function("readableStreamToArrayBuffer");
export const readableStreamToBlob: StreamConsumers["readableStreamToBlob"] =
  streamConsumers.function("readableStreamToBlob");
export const readableStreamToBytes: StreamConsumers["readableStreamToBytes"] =
  streamConsumers.function("readableStreamToBytes");
export const readableStreamToFormData: StreamConsumers["readableStreamToFormData"] =
  streamConsumers.function("readableStreamToFormData");
export const readableStreamToJSON: StreamConsumers["readableStreamToJSON"] =
  streamConsumers.function("readableStreamToJSON");
export const readableStreamToText: StreamConsumers["readableStreamToText"] =
  streamConsumers.function("readableStreamToText");

type Compress = typeof import("./compress.ts");
const compress = new LazyModule<Compress>("../global/compress.js");
export const deflateSync: Compress["deflateSync"] = compress.function("deflateSync");
export const gunzipSync: Compress["gunzipSync"] = compress.function("gunzipSync");
export const gzipSync: Compress["gzipSync"] = compress.function("gzipSync");
export const inflateSync: Compress["inflateSync"] = compress.function("inflateSync");

type Zstandard = typeof import("./zstd.ts");
const zstandard = new LazyModule<Zstandard>("../global/zstd.js");
export const zstdCompress: Zstandard["zstdCompress"] = zstandard.function("zstdCompress");
export const zstdCompressSync: Zstandard["zstdCompressSync"] = zstandard.function("zstdCompressSync");
export const zstdDecompress: Zstandard["zstdDecompress"] = zstandard.function("zstdDecompress");
export const zstdDecompressSync: Zstandard["zstdDecompressSync"] = zstandard.function("zstdDecompressSync");

type UUIDs = typeof import("./uuid.ts");
const uuid = new LazyModule<UUIDs>("../global/uuid.js");
export const randomUUIDv5: UUIDs["randomUUIDv5"] = uuid.function("randomUUIDv5");
export const randomUUIDv7: UUIDs["randomUUIDv7"] = uuid.function("randomUUIDv7");

type Bytes = typeof import("../base/bytes.ts");
const bytes = new LazyModule<Bytes>("./bytes.js");
export const allocUnsafe: Bytes["allocUnsafe"] = bytes.function("allocUnsafe");
export const concatArrayBuffers: Bytes["concatArrayBuffers"] = bytes.function("concatArrayBuffers");
export const indexOfLine: Bytes["indexOfLine"] = bytes.function("indexOfLine");

type Which = typeof import("../base/which.ts");
const programs = new LazyModule<Which>("./which.js");
export const which: Which["which"] = programs.function("which");

type Resolving = typeof import("./resolve.ts");
const resolving = new LazyModule<Resolving>("../global/resolve.js");
export const resolve: Resolving["resolve"] = resolving.function("resolve");
export const resolveSync: Resolving["resolveSync"] = resolving.function("resolveSync");

type Comparison = typeof import("./deep-equals.ts");
const comparison = new LazyModule<Comparison>("../global/deep-equals.js");
export const deepEquals: Comparison["deepEquals"] = comparison.function("deepEquals");
export const deepMatch: Comparison["deepMatch"] = comparison.function("deepMatch");

type CSRFModule = typeof import("./crypto/csrf.ts");
export const CSRF: CSRFModule["CSRF"] = new LazyModule<CSRFModule>("../global/crypto/csrf.js").object("CSRF");
export type { CSRFGenerateOptions, CSRFVerifyOptions } from "./crypto/csrf.ts";

type FileRouting = typeof import("./files/file-system-router.ts");
const fileRouting = new LazyModule<FileRouting>("../global/files/file-system-router.js");
export const FileSystemRouter: FileRouting["FileSystemRouter"] = fileRouting.function("FileSystemRouter");
export type FileSystemRouter = import("./files/file-system-router.ts").FileSystemRouter;
export type { FileSystemRouterOptions, MatchedRoute } from "./files/file-system-router.ts";

type Resolver = typeof import("./dns.ts");
export const dns: Resolver["dns"] = new LazyModule<Resolver>("../global/dns.js").object("dns");
export type { DNSLookup, DNSLookupOptions } from "./dns.ts";

type Transpiling = typeof import("./transpiler/transpiler.ts");
export const Transpiler: Transpiling["Transpiler"] = new LazyModule<Transpiling>(
  "../global/transpiler/transpiler.js",
).function("Transpiler");
export type Transpiler = import("./transpiler/transpiler.ts").Transpiler;
export type { TranspilerImport } from "./transpiler/module-scan.ts";
export type { TranspilerOptions } from "./transpiler/transpiler.ts";

type Peeking = typeof import("./peek.ts");
const peeking = new LazyModule<Peeking>("../global/peek.js");
export const peek: Peeking["peek"] = peeking.function("peek");

type Passwords = typeof import("./password/password.ts");
export const password: Passwords["password"] = new LazyModule<Passwords>(
  "../global/password/password.js",
).object("password");

type SQLModule = typeof import("../sql/sql.ts");
const sqlModule = new LazyModule<SQLModule>("../sql/sql.js");
export const SQL: SQLModule["SQL"] = sqlModule.function("SQL");
export type SQL = import("../sql/sql.ts").SQL;
type DefaultSQL = typeof import("../sql/default-sql.ts");
export const sql: DefaultSQL["sql"] = new LazyModule<DefaultSQL>("../sql/default-sql.js").function("sql");
export const postgres: DefaultSQL["sql"] = sql;

type RedisModule = typeof import("../redis/client.ts");
export const RedisClient: RedisModule["RedisClient"] = new LazyModule<RedisModule>(
  "../redis/client.js",
).function("RedisClient");
export type RedisClient = import("../redis/client.ts").RedisClient;
type DefaultRedis = typeof import("../redis/default-redis.ts");
export const redis: DefaultRedis["redis"] = new LazyModule<DefaultRedis>("../redis/default-redis.js").object(
  "redis",
);
type Sinks = typeof import("./array-buffer-sink.ts");
export const ArrayBufferSink: Sinks["ArrayBufferSink"] = new LazyModule<Sinks>(
  "../global/array-buffer-sink.js",
).function("ArrayBufferSink");
export type ArrayBufferSink = import("./array-buffer-sink.ts").ArrayBufferSink;

type ShellModule = typeof import("../shell/shell.ts");
export const $: ShellModule["$"] = new LazyModule<ShellModule>("../shell/shell.js").function("$");

type Spawning = typeof import("../process/spawn.ts");
export const spawn: Spawning["spawn"] = new LazyModule<Spawning>("../process/spawn.js").function("spawn");
type SpawningSync = typeof import("../process/spawn-sync.ts");
export const spawnSync: SpawningSync["spawnSync"] = new LazyModule<SpawningSync>(
  "../process/spawn-sync.js",
).function("spawnSync");

export const Archive: never = missing("Archive");
export const FFI: never = missing("FFI");
export const FetchSession: never = missing("FetchSession");
export const Image: never = missing("Image");
export const ModuleGraph: never = missing("ModuleGraph");
export const S3Client: never = missing("S3Client");
export const Terminal: never = missing("Terminal");
export const WebView: never = missing("WebView");
export const XML: never = missing("XML");
export const build: never = missing("build");
export const color: never = missing("color");
export const connect: never = missing("connect");
export const cron: never = missing("cron");
export const generateHeapSnapshot: never = missing("generateHeapSnapshot");
export const listen: never = missing("listen");
export const markdown: never = missing("markdown");
export const mmap: never = missing("mmap");
export const openInEditor: never = missing("openInEditor");
export const plugin: never = missing("plugin");
export const s3: never = missing("s3");
export const secrets: never = missing("secrets");
export const udpSocket: never = missing("udpSocket");
export const unsafe: never = missing("unsafe");
