/** The methods of Bun's streams that read a whole stream. */
import {
  readableStreamToBlob,
  readableStreamToBytes,
  readableStreamToJSON,
  readableStreamToText,
} from "./stream-consumers.ts";

export const text = (stream: ReadableStream): Promise<string> => whole(stream, readableStreamToText);
export const json = (stream: ReadableStream): Promise<unknown> => whole(stream, readableStreamToJSON);
export const bytes = (stream: ReadableStream): Promise<Uint8Array> => whole(stream, readableStreamToBytes);
export const blob = (stream: ReadableStream): Promise<Blob> => whole(stream, readableStreamToBlob);

/** @throws TypeError for a value that is no stream */
function whole<T>(stream: ReadableStream, read: (stream: ReadableStream) => Promise<T>): Promise<T> {
  if (stream instanceof ReadableStream) return read(stream);
  const error = new TypeError('Value of "this" must be of type ReadableStream');
  throw Object.assign(error, { code: "ERR_INVALID_THIS" });
}
