import { Buffer } from "node:buffer";
import { asBuffer, BytesCollector, decodeText } from "./bytes.ts";
import { isFileBlob } from "./file-blob.ts";
import { FORM_FIELDS, parseMultipart } from "./multipart.ts";
import { platform } from "./platform.ts";
import { announceWhole, asBytes, cloneStream, isDisturbed, nextTurn, READS_A_TURN } from "./streams.ts";
import { usedBodyError } from "./used-body.ts";

/** A body whose bytes come on demand: a received one, or a Blob. */
export interface BodyProducer {
  /** Bytes; undefined if their number is not known. */
  readonly size: number | undefined;
  bytes(): Promise<Uint8Array>;
  /** UTF-8 without a byte order mark. */
  text(): Promise<string>;
  stream(): ReadableStream<Uint8Array>;
}

/** A body as it is held. Text and bytes can be sent at once; a producer has to be awaited. */
export type BodySource = string | Uint8Array | BodyProducer | null;

/** The body of one Request or Response: the standard's "body" with the methods of its mixin `Body`. */
export class Body {
  readonly #source: BodySource;
  #stream: ReadableStream<Uint8Array> | null = null;
  #taken = false;

  constructor(source: BodySource, stream: ReadableStream<Uint8Array> | null = null) {
    this.#source = source;
    this.#stream = stream;
  }

  get isNull(): boolean {
    return this.#source === null && this.#stream === null;
  }

  /** The source, unless that was a stream; also after the body has been used. */
  get held(): BodySource {
    return this.#source;
  }

  /** Whether the bytes are not at hand: those of a stream, of a Blob, or of a body that is still being received. */
  get mustBeRead(): boolean {
    return this.#stream !== null || isProducer(this.#source);
  }

  get used(): boolean {
    return this.#taken || (this.#stream !== null && isDisturbed(this.#stream));
  }

  /** The first access makes the stream; from then on every reader reads this stream. */
  get stream(): ReadableStream<Uint8Array> | null {
    if (this.#stream === null && this.#source !== null) {
      // The standard gives a body that another reader has taken a stream that is at its end and locked.
      this.#stream = this.#taken ? readStream() : sourceStream(this.#source);
    }
    return this.#stream;
  }

  /**
   * Uses the body up, in its cheapest form.
   * @throws TypeError if it has been used
   */
  take(): BodySource | ReadableStream<Uint8Array> {
    this.#checkUnused();
    this.markUsed();
    return this.#stream ?? this.#source;
  }

  /**
   * Uses the body up, as a stream.
   * @throws TypeError if it has been used
   */
  takeStream(): ReadableStream<Uint8Array> | null {
    const stream = this.lendStream();
    this.markUsed();
    return stream;
  }

  /**
   * The stream for a taker that may still refuse it; otherwise `markUsed` follows.
   * @throws TypeError if it has been used
   */
  lendStream(): ReadableStream<Uint8Array> | null {
    this.#checkUnused();
    return this.stream;
  }

  markUsed(): void {
    if (this.isNull) return;
    this.#taken = true;
    if (this.#stream !== null) announceWhole(this.#stream);
  }

  #checkUnused(): void {
    if (this.used || this.#stream?.locked) throw usedBodyError();
  }

  /** @throws TypeError (rejects) if it has been used */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const taken = this.take();
    if (taken === null) return new Uint8Array(0);
    if (typeof taken === "string") return new Uint8Array(Buffer.from(taken));
    if (taken instanceof Uint8Array) return new Uint8Array(taken);
    if (taken instanceof ReadableStream) return collect(taken);
    const bytes = await taken.bytes();
    // The caller may transfer the memory, so that it must not be a pool's.
    return bytes.byteLength === bytes.buffer.byteLength
      ? (bytes as Uint8Array<ArrayBuffer>)
      : new Uint8Array(bytes);
  }

  /** @throws TypeError (rejects) if it has been used */
  text(): Promise<string> {
    const source = this.#source;
    if (this.#stream !== null || !isProducer(source)) return this.bytes().then(decodeText);
    try {
      this.take();
      return source.text();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * The body as a stream of decoded UTF-8, the newest of the standard's readers (Node.js 26 has it).
   * @throws TypeError if it has been used
   */
  textStream(): ReadableStream<string> {
    const stream = this.takeStream() ?? EMPTY.stream();
    return stream.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>);
  }

  json(): Promise<unknown> {
    return this.text().then((text) => JSON.parse(text));
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  /** The platform checks and normalizes the type. */
  async blob(type: string): Promise<Blob> {
    return platformResponse(await this.bytes(), type).blob();
  }

  async formData(type: string): Promise<FormData> {
    if (/^\s*multipart\/form-data/i.test(type)) return parseMultipart(asBuffer(await this.bytes()), type);
    const bytes = await this.bytes();
    if (/^\s*application\/x-www-form-urlencoded/i.test(type)) checkPairs(bytes);
    return platformResponse(bytes, type).formData();
  }

  /**
   * Another body with the same bytes.
   * @throws TypeError if it has been used
   */
  clone(): Body {
    if (this.isNull) return NULL_BODY;
    if (this.used || this.#stream?.locked) throw usedBodyError("A body that has been used cannot be cloned");
    const source = this.#source;
    if (
      this.#stream === null &&
      (typeof source === "string" || source instanceof Uint8Array || isFileBlob(source))
    )
      return new Body(source);
    const [mine, theirs] = cloneStream(this.stream!);
    this.#stream = mine;
    return new Body(null, theirs);
  }
}

const AMPERSAND = 0x26;
const EMPTY = new Blob([]);

/** The null body. It is never used up, so that all requests and responses share it. */
export const NULL_BODY: Body = new Body(null);

function platformResponse(bytes: Uint8Array<ArrayBuffer>, type: string): globalThis.Response {
  return new platform.Response(bytes, { headers: { "content-type": type } });
}

/** @throws TypeError for a form of more than `FORM_FIELDS` fields */
function checkPairs(bytes: Uint8Array): void {
  let pairs = 1;
  for (let at = bytes.indexOf(AMPERSAND); at >= 0; at = bytes.indexOf(AMPERSAND, at + 1)) {
    if (++pairs > FORM_FIELDS) throw new TypeError(`The body is a form of more than ${FORM_FIELDS} fields`);
  }
}

function isProducer(source: BodySource): source is BodyProducer {
  return typeof source === "object" && source !== null && !(source instanceof Uint8Array);
}

function sourceStream(source: Exclude<BodySource, null>): ReadableStream<Uint8Array> {
  if (typeof source !== "string" && !(source instanceof Uint8Array)) return source.stream();
  const bytes = typeof source === "string" ? new Uint8Array(Buffer.from(source)) : new Uint8Array(source);
  return new ReadableStream({
    type: "bytes",
    start(controller): void {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

function readStream(): ReadableStream<Uint8Array> {
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
  stream.getReader();
  return stream;
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const collector = new BytesCollector(undefined);
  // The lock is never released: a body is read once.
  const reader = stream.getReader();
  for (let reads = 1; ; reads++) {
    const { value, done } = await reader.read();
    if (done) return collector.take();
    let bytes: Uint8Array;
    try {
      bytes = asBytes(value);
    } catch (error) {
      void reader.cancel(error).catch(() => {});
      throw error;
    }
    collector.push(bytes);
    if (reads % READS_A_TURN === 0) await nextTurn();
  }
}
