import type { Readable } from "node:stream";

/** Bytes that wait for a reader before the process does. */
const HIGH_WATER_BYTES = 256 * 1024;

/**
 * A process's output as a stream. As in Bun, a program that does not read it never makes the process wait: without a reader it is read as it comes, without
 * limit, except with the option `lazy`. Once the stream has a reader, such as a response to a slow client, the process waits for that one.
 * @param takes gets the size of each chunk; false ends the stream and the output, whose other writers may go on for ever
 */
export function outputStream(
  output: Readable,
  takes: (bytes: number) => boolean,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let isOpen = true;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller): void {
        const finish = (error?: Error): void => {
          if (!isOpen) return;
          isOpen = false;
          if (error === undefined) controller.close();
          else controller.error(error);
        };
        output.on("data", (chunk: Buffer<ArrayBuffer>) => {
          if (!isOpen) return;
          controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
          if (!takes(chunk.byteLength)) {
            finish();
            output.destroy();
          } else if (stream.locked && controller.desiredSize! <= 0) output.pause();
        });
        output.on("error", finish);
        output.on("end", () => finish());
        output.on("close", () => finish());
      },
      pull(): void {
        output.resume();
      },
      // The process gets EPIPE, or SIGPIPE.
      cancel(): void {
        isOpen = false;
        output.destroy();
      },
    },
    { highWaterMark: HIGH_WATER_BYTES, size: ({ byteLength }) => byteLength },
  );
  return stream;
}
