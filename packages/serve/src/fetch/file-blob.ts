import { fstatSync, type Stats } from "node:fs";
import { stat, unlink } from "node:fs/promises";
import type { inspect } from "node:util";
import { decodeText } from "./bytes.ts";
import { filePieces, isEndless } from "./file-pieces.ts";
import { FileSink, type SinkOptions } from "./file-sink.ts";
import { type FileData, streamOf, type WriteOptions, writeFile } from "./file-write.ts";
import { givenType, typeOfName } from "./media-type.ts";
import { platform } from "./platform.ts";
import { isSameFile, settled, statNow } from "./settled-stats.ts";
import { FileTarget, StreamTarget, standardOutput } from "./sink-targets.ts";
import { readAll, toStream } from "./streams.ts";

/** The options of `file()`. */
export interface FileOptions {
  /** The media type, in place of that of the name's extension. */
  type?: string;
}

/** The files of streams: a response of the platform's class shows only the stream of its file. */
const streams = new WeakMap<object, FileBlob>();

/** The file of a stream that `stream()` has made; null for any other stream. */
export function fileBehind(stream: object): FileBlob | null {
  return streams.get(stream) ?? null;
}

export let isFileBlob: (value: unknown) => value is FileBlob;
/** The path or the descriptor of a file. */
export let fileSource: (blob: FileBlob) => string | number;
/** Whether it is no slice. */
export let isWholeFile: (blob: FileBlob) => boolean;
/** The bytes of a file of `size` bytes that a slice has. */
export let fileRange: (blob: FileBlob, size: number) => { start: number; end: number };

/**
 * A file, or a part of one, as a `Blob` that holds no bytes: see `file()`. Each access reads the size and the bytes of that moment.
 * A read of a missing file rejects with `ENOENT`.
 *
 * `instanceof Blob` holds. It is not a subclass: the constructor of the platform's Blob costs 1.4 to 3.8 µs, and its inner state
 * would be the wrong bytes.
 */
export class FileBlob {
  readonly #source: string | number;
  readonly #type: string;
  readonly #start: number;
  readonly #end: number;

  constructor(source: string | number, type?: string, start = 0, end: number = Number.POSITIVE_INFINITY) {
    this.#source = source;
    const inferred = typeof source === "string" ? typeOfName(source) : "application/octet-stream";
    this.#type = (type === undefined ? null : givenType(type)) ?? inferred;
    this.#start = start;
    this.#end = end;
  }

  static {
    isFileBlob = (value): value is FileBlob =>
      typeof value === "object" && value !== null && #source in value;
    fileSource = (blob) => blob.#source;
    isWholeFile = (blob) => blob.#isWhole;
    fileRange = (blob, size) => blob.#within(size);
  }

  #within(size: number): { start: number; end: number } {
    const start = Math.min(this.#start, size);
    return { start, end: Math.max(start, Math.min(this.#end, size)) };
  }

  get #isWhole(): boolean {
    return this.#start === 0 && this.#end === Number.POSITIVE_INFINITY;
  }

  /**
   * Bytes at this moment; 0 for a missing file, and for one that is not regular; infinite for a descriptor of a pipe, a socket or a
   * terminal.
   */
  get size(): number {
    const stats = statNow(this.#source);
    if (typeof this.#source === "number" && stats !== null && isEndless(stats))
      return Number.POSITIVE_INFINITY;
    if (stats?.isFile() !== true) return 0;
    const { start, end } = this.#within(stats.size);
    return end - start;
  }

  /** The media type: the option `type`, or that of the name's extension; `application/octet-stream` for others. */
  get type(): string {
    return this.#type;
  }

  /** The given path; undefined for a descriptor. */
  get name(): string | undefined {
    return typeof this.#source === "string" ? this.#source : undefined;
  }

  /** Milliseconds since the epoch, at this moment; 0 for a missing file. */
  get lastModified(): number {
    return Math.trunc(statNow(this.#source)?.mtimeMs ?? 0);
  }

  /** Whether there is a file, or a FIFO, to read. False for a directory. */
  async exists(): Promise<boolean> {
    const stats = statNow(this.#source);
    return stats !== null && !stats.isDirectory();
  }

  /**
   * A part of the file: the bytes from `begin` up to, not including, `end`. Negative numbers count from the end at this moment. Nothing
   * is read. The type stays unless another is given.
   */
  slice(begin?: number, end?: number, type?: string): FileBlob;
  slice(begin?: number, type?: string): FileBlob;
  slice(type?: string): FileBlob;
  slice(first?: number | string, second?: number | string, third?: string): FileBlob {
    const given = [first, second, third];
    const type = given.find((value): value is string => typeof value === "string");
    const begin = this.#offset(typeof first === "number" ? first : 0);
    const end = typeof second === "number" ? this.#offset(second) : this.#end;
    return new FileBlob(this.#source, type ?? this.#type, begin, Math.max(begin, end));
  }

  /** The bytes as they are read. The first read opens the file; the end, or a cancel, closes it. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const stream = toStream(filePieces(this.#source, this.#start, this.#end)) as ReadableStream<
      Uint8Array<ArrayBuffer>
    >;
    streams.set(stream, this);
    return stream;
  }

  /** @throws the operating system's error (rejects), as the methods below do */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await readAll(toStream(filePieces(this.#source, this.#start, this.#end)));
    // The caller may transfer the memory, so that it must not be a pool's.
    return bytes.byteLength === bytes.buffer.byteLength
      ? // Not a Buffer, whose methods are others.
        new Uint8Array(bytes.buffer as ArrayBuffer)
      : new Uint8Array(bytes);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  /** UTF-8, without a byte order mark. */
  async text(): Promise<string> {
    return decodeText(await this.bytes());
  }

  /** UTF-8 as it is read. Blobs of Node.js 24 and later have this method. */
  textStream(): ReadableStream<string> {
    return this.stream().pipeThrough(new TextDecoderStream());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  /**
   * The fields of a form in the file: `multipart/form-data` if its `type` says so with a boundary, else `application/x-www-form-urlencoded`.
   * @throws TypeError (rejects) for a file of another type or content
   */
  async formData(): Promise<FormData> {
    const response = new platform.Response(await this.bytes(), { headers: { "content-type": this.#type } });
    return response.formData() as Promise<FormData>;
  }

  /** The stats of the whole file, also for a slice. */
  async stat(): Promise<Stats> {
    return typeof this.#source === "number" ? settled(fstatSync(this.#source)) : stat(this.#source);
  }

  /**
   * Deletes the whole file, also for a slice.
   * @throws TypeError (rejects) for a descriptor
   */
  async delete(): Promise<void> {
    if (typeof this.#source === "number") throw new TypeError("A file without a path cannot be deleted");
    await unlink(this.#source);
  }

  /** The same as `delete`. */
  unlink(): Promise<void> {
    return this.delete();
  }

  /**
   * Replaces the whole content, and makes missing directories of the path.
   * @returns the number of written bytes
   * @throws TypeError (rejects) for a slice, for data of another type, and for options of a wrong type
   */
  async write(data: FileData, options?: WriteOptions): Promise<number> {
    if (!this.#isWhole) throw new TypeError("A slice cannot be written");
    if (isFileBlob(data) && data.#isWhole && data.#source === this.#source) return data.size;
    const stream = isFileBlob(data) ? data.stream() : streamOf(data);
    const from = stream === null ? null : fileBehind(stream);
    // A file that is written to itself would be empty before it is read.
    const isOwn = stream !== null && from !== null && isSameFile(from.#source, this.#source);
    return writeFile(this.#source, isOwn ? await readAll(stream) : data, options);
  }

  /**
   * Opens the file to write it in pieces, from its beginning on. As in Bun, what it has behind the new bytes stays.
   * @throws the operating system's error for a path that cannot be opened: no directory is made
   */
  writer(options?: SinkOptions): FileSink {
    const stream = standardOutput(this.#source);
    const target = stream === null ? new FileTarget(this.#source) : new StreamTarget(stream, false);
    return new FileSink(target, options);
  }

  get [Symbol.toStringTag](): string {
    return "Blob";
  }

  /** The position in the file of an offset of `slice`. */
  #offset(given: number): number {
    let offset = Number.isNaN(given) ? 0 : Math.trunc(given);
    // No file is that long, and no read can begin there.
    if (offset > Number.MAX_SAFE_INTEGER) offset = Number.POSITIVE_INFINITY;
    if (offset >= 0) return Math.min(this.#start + offset, this.#end);
    const { start, end } = this.#within(statNow(this.#source)?.size ?? 0);
    return Math.max(start, end + offset);
  }
}

Object.setPrototypeOf(FileBlob.prototype, Blob.prototype);
// As in Bun: Elysia decides by the name of a value's constructor what it is.
Object.defineProperty(FileBlob.prototype, "constructor", { value: Blob });
// The platform's method reads state that only its own constructor makes.
Object.defineProperty(FileBlob.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(
    this: FileBlob,
    _depth: number,
    options: Parameters<typeof inspect>[1],
    show: typeof inspect,
  ): string {
    return `FileBlob ${show({ source: fileSource(this), type: this.type }, options)}`;
  },
});
