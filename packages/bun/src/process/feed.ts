import type { Writable } from "node:stream";
import { writeError } from "@mantou/serve/hosting";
import { bytesOf } from "../global/bytes.ts";
import type { InputSource } from "./stdio.ts";

/**
 * Sends a source to the input of a process, at the pace at which the process reads. A process that ends first is no error: the source is cancelled with
 * `EPIPE`.
 */
export async function feed(pipe: Writable, source: Exclude<InputSource, null>): Promise<void> {
  pipe.on("error", () => {});
  if (source instanceof Uint8Array) {
    pipe.end(source);
    return;
  }
  const stream = streamOf(source);
  const reader = stream.getReader();
  const closed = new Promise<{ done: true; value?: undefined }>((resolve) => {
    pipe.once("close", () => resolve({ done: true }));
  });
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), closed]);
      if (done || !(await written(pipe, bytesOf(value, "A stream's chunk")))) break;
    }
    if (pipe.destroyed) await reader.cancel(writeError(Object.assign(new Error(), { code: "EPIPE" })));
  } finally {
    pipe.end();
  }
}

function streamOf(source: Blob | Response | Request | ReadableStream): ReadableStream<unknown> {
  if (source instanceof ReadableStream) return source;
  return source instanceof Blob ? source.stream() : source.body!;
}

/** @returns false if the process does not read any more */
function written(pipe: Writable, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    pipe.write(bytes, (error) => resolve(error === null || error === undefined));
  });
}
