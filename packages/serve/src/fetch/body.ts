import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import type { BodyInit } from "../api/fetch.ts";
import { asBuffer, decodeText } from "./bytes.ts";
import { BytesCollector } from "./content-collector.ts";
import { isFileBlob } from "./file-blob.ts";
import { FORM_FIELDS, parseMultipart } from "./multipart.ts";
import { platform } from "./platform.ts";
import { cloneStream, nextTurn, READS_A_TURN, toStream } from "./streams.ts";

/** Content that is produced when it is asked for: what is received, or a Blob. */
export interface BodyProducer {
  /** Bytes, if they are known. */
  readonly size: number | undefined;
  bytes(): Promise<Uint8Array>;
  /** UTF-8 without a byte order mark. */
  text(): Promise<string>;
  stream(): ReadableStream<Uint8Array>;
}

/** Content as it is held: text and bytes can be sent at once, the others have to be waited for. */
export type BodySource = string | Uint8Array | BodyProducer | null;

/** What a handler may construct a response or request with: the Fetch standard's BodyInit, and Bun's additions. */
export type BodyInput =
  | BodyInit
  | AsyncIterable<string | Uint8Array>
  | (() => AsyncGenerator<string | Uint8Array>)
  | null
  | undefined;

/** The content of one Request or Response: the standard's "body" with its mixin's methods. */
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

  /** What it was made of, if that was no stream; also once it has been used. */
  get held(): BodySource {
    return this.#source;
  }

  /** Its bytes are not at hand: a stream, a Blob, or what is still being received. */
  get mustBeRead(): boolean {
    return this.#stream !== null || isProducer(this.#source);
  }

  get used(): boolean {
    return this.#taken || (this.#stream !== null && isDisturbed(this.#stream));
  }

  /** Made when first asked for; from then on it is what everyone reads. */
  get stream(): ReadableStream<Uint8Array> | null {
    if (this.#stream === null && this.#source !== null) {
      // Already read by other means, or just being read: a stream that is at its end and locked, as the standard has it.
      this.#stream = this.#taken ? readStream() : sourceStream(this.#source);
    }
    return this.#stream;
  }

  /**
   * Uses the content up, in the cheapest form there is.
   * @throws TypeError if it has been used
   */
  take(): BodySource | ReadableStream<Uint8Array> {
    if (this.isNull) return null;
    if (this.used || this.#stream?.locked) throw new TypeError("The body has already been used");
    this.#taken = true;
    return this.#stream ?? this.#source;
  }

  /**
   * Uses the content up, as a stream whatever it is held as.
   * @throws TypeError if it has been used
   */
  takeStream(): ReadableStream<Uint8Array> | null {
    const { stream } = this;
    this.take();
    return stream;
  }

  /** @throws TypeError (rejects) if it has been used */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const content = this.take();
    if (content === null) return new Uint8Array(0);
    if (typeof content === "string") return new Uint8Array(Buffer.from(content));
    if (content instanceof Uint8Array) return new Uint8Array(content);
    if (content instanceof ReadableStream) return collect(content);
    const bytes = await content.bytes();
    // Callers may do with it what they like: also transfer it, which pooled memory must not suffer.
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
   * Text as it comes. The newest of the standard's readers: Node.js 26 has it.
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

  /** The platform knows what is a type. */
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
   * Another body with the same content.
   * @throws TypeError if it has been used
   */
  clone(): Body {
    if (this.isNull) return NULL_BODY;
    if (this.used || this.#stream?.locked) throw new TypeError("A body that has been used cannot be cloned");
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

/** No content is never used up, so everyone may have the same. */
export const NULL_BODY: Body = new Body(null);

function platformResponse(bytes: Uint8Array<ArrayBuffer>, type: string): globalThis.Response {
  return new platform.Response(bytes, { headers: { "content-type": type } });
}

/** @throws TypeError for a form of more fields than anybody fills in */
function checkPairs(bytes: Uint8Array): void {
  let pairs = 1;
  for (let at = bytes.indexOf(AMPERSAND); at >= 0; at = bytes.indexOf(AMPERSAND, at + 1)) {
    if (++pairs > FORM_FIELDS) throw new TypeError(`The body is a form of more than ${FORM_FIELDS} fields`);
  }
}

function isProducer(source: BodySource): source is BodyProducer {
  return typeof source === "object" && source !== null && !(source instanceof Uint8Array);
}

/** What `extractBody` makes of a handler's value. */
export interface ExtractedBody {
  readonly body: Body;
  /** The Content-Type that the value implies; "" for none. */
  readonly type: string;
}

/**
 * The standard's "extract a body", with Bun's additions.
 * @throws TypeError for a stream that is locked or has been read
 */
export function extractBody(input: BodyInput): ExtractedBody {
  if (input === null || input === undefined) return { body: NULL_BODY, type: "" };
  if (typeof input === "string") return { body: new Body(input), type: "text/plain;charset=UTF-8" };
  if (input instanceof ArrayBuffer || ArrayBuffer.isView(input))
    return { body: new Body(copyOf(input)), type: "" };
  if (input instanceof ReadableStream) {
    if (input.locked || isDisturbed(input))
      throw new TypeError("The body is a stream that is locked or has been read");
    return { body: new Body(null, input), type: "" };
  }
  if (isFileBlob(input)) return { body: new Body(input), type: input.type };
  if (input instanceof Blob) return { body: new Body(blobProducer(input)), type: input.type };
  if (input instanceof URLSearchParams) {
    return { body: new Body(String(input)), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  }
  if (input instanceof FormData) return formBody(input);
  if (typeof input === "function") return extractBody(input());
  if (Symbol.asyncIterator in Object(input)) {
    return { body: new Body(null, toStream(input as AsyncIterable<string | Uint8Array>)), type: "" };
  }
  return { body: new Body(String(input)), type: "text/plain;charset=UTF-8" };
}

/** Whether anything has been read from a stream, or it was cancelled. The types know Node.js's own streams only. */
function isDisturbed(stream: ReadableStream): boolean {
  return Readable.isDisturbed(stream as unknown as Readable);
}

function blobProducer(blob: Blob): BodyProducer {
  return {
    size: blob.size,
    bytes: async () => new Uint8Array(await blob.arrayBuffer()),
    text: () => blob.text(),
    stream: () => blob.stream() as ReadableStream<Uint8Array>,
  };
}

/** The platform encodes it, boundary and all. */
function formBody(form: FormData): ExtractedBody {
  const encoded = new platform.Response(form);
  return {
    body: new Body(null, encoded.body as ReadableStream<Uint8Array>),
    type: encoded.headers.get("content-type") ?? "",
  };
}

/** The standard's "get a copy of the bytes": what the handler does with its own later must not be sent. */
function copyOf(input: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (input instanceof ArrayBuffer) return new Uint8Array(input.slice(0));
  const copy = new Uint8Array(input.byteLength);
  copy.set(new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
  return copy;
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
    if (!(value instanceof Uint8Array)) {
      const error = new TypeError("A body's stream must give Uint8Arrays");
      void reader.cancel(error).catch(() => {});
      throw error;
    }
    collector.push(value);
    if (reads % READS_A_TURN === 0) await nextTurn();
  }
}
