import type { Writable } from "node:stream";
import { announceWhole, writeError } from "@mantou/serve/hosting";
import { bytesOf } from "../base/bytes.ts";
import type { InputSource } from "./stdio.ts";

/**
 * Sends a source to the input of a process, at the pace at which the process reads. It never rejects. A process that ends first cancels the source with
 * `EPIPE`. As in Bun, the input ends where its source fails: a client that leaves in the middle of its upload must not end the program.
 */
export async function feed(pipe: Writable, source: Exclude<InputSource, null>): Promise<void> {
  pipe.on("error", () => {});
  if (source instanceof Uint8Array) {
    pipe.end(source);
    return;
  }
  const reader = streamOf(source).getReader();
  // It ends a read that waits. A stream that is over, or that has failed, is left as it is.
  pipe.once("close", () => {
    reader.cancel(writeError(Object.assign(new Error(), { code: "EPIPE" }))).catch(() => {});
  });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || !(await written(pipe, bytesOf(value, "A stream's chunk")))) return;
    }
  } catch (error) {
    reader.cancel(error).catch(() => {});
  } finally {
    pipe.end();
  }
}

function streamOf(source: Blob | Response | Request | ReadableStream): ReadableStream<unknown> {
  if (source instanceof Blob) return source.stream();
  const stream = source instanceof ReadableStream ? source : source.body!;
  announceWhole(stream);
  return stream;
}

/** @returns false if the process does not read any more */
function written(pipe: Writable, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    pipe.write(bytes, (error) => resolve(error === null || error === undefined));
  });
}
