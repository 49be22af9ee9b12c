/** Gives the chunk with that number; null at the end. */
export type NextChunk = (n: number) => Promise<Uint8Array | string | null>;

/** A stream of chunks, each behind what its gate waits for. */
export function streamOf(next: NextChunk, cancelled: unknown[] = []): ReadableStream {
  let n = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        const chunk = await next(n++);
        if (chunk === null) controller.close();
        else controller.enqueue(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
      },
      cancel: (reason) => void cancelled.push(reason),
    },
    { highWaterMark: 0 },
  );
}
