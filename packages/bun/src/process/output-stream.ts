import type { Readable } from "node:stream";

/**
 * A process's output as a stream. It is read as it comes, without limit: Bun's processes never wait for a program that does not read them,
 * except with the option `lazy`.
 * @param onBytes gets the size of each chunk
 */
export function outputStream(
  output: Readable,
  onBytes: (bytes: number) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let isOpen = true;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
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
          onBytes(chunk.byteLength);
        });
        output.on("error", finish);
        output.on("end", () => finish());
        output.on("close", () => finish());
      },
      // The process gets EPIPE, or SIGPIPE.
      cancel(): void {
        isOpen = false;
        output.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}
