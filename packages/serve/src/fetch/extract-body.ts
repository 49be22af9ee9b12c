import type { BodyInit } from "../api/fetch.ts";
import { Body, type BodyProducer, NULL_BODY } from "./body.ts";
import { bytesOf } from "./bytes.ts";
import { fileBehind, isFileBlob } from "./file-blob.ts";
import { platform } from "./platform.ts";
import { isDisturbed, toStream } from "./streams.ts";

/** The body that an application gives: the Fetch standard's BodyInit, and Bun's additions. */
export type BodyInput =
  | BodyInit
  | AsyncIterable<string | Uint8Array>
  | (() => AsyncGenerator<string | Uint8Array>)
  | null
  | undefined;

/** The standard's "body with type". */
export interface ExtractedBody {
  readonly body: Body;
  /** The Content-Type that the value implies; "" for a value without one. */
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
    // As in Bun, the stream of a file has the file's type: a page that is sent as a stream is a page.
    return { body: new Body(null, input), type: fileBehind(input)?.type ?? "" };
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
  // A template throws for a symbol; String() does not.
  return { body: new Body(`${input}`), type: "text/plain;charset=UTF-8" };
}

function blobProducer(blob: Blob): BodyProducer {
  return {
    size: blob.size,
    bytes: async () => new Uint8Array(await blob.arrayBuffer()),
    text: () => blob.text(),
    stream: () => blob.stream() as ReadableStream<Uint8Array>,
  };
}

/** The platform encodes the form and chooses its boundary. */
function formBody(form: FormData): ExtractedBody {
  const encoded = new platform.Response(form);
  return {
    body: new Body(null, encoded.body as ReadableStream<Uint8Array>),
    type: encoded.headers.get("content-type") ?? "",
  };
}

/** The standard's "get a copy of the bytes": a later change of the application's memory must not be sent. */
function copyOf(input: ArrayBuffer | ArrayBufferView): Uint8Array {
  return new Uint8Array(bytesOf(input));
}
