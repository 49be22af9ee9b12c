import { Buffer } from "node:buffer";

/** Makes a stream of what an async generator yields, as Bun lets a response be made. Cancelling it ends the generator. */
export function toStream(source: AsyncIterable<string | Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller): Promise<void> {
        const { value, done } = await iterator.next();
        if (done === true) {
          controller.close();
          return;
        }
        try {
          controller.enqueue(asBytes(value));
        } catch (error) {
          // As `for await` does when its body throws: the generator's `finally` has to run.
          await iterator.return?.();
          throw error;
        }
      },
      async cancel(reason): Promise<void> {
        await iterator.return?.(reason);
      },
    },
    // Nothing is produced before it is wanted.
    { highWaterMark: 0 },
  );
}

/**
 * A piece of a response's stream as bytes. The standard allows Uint8Arrays only; Bun also takes text and other views.
 * @throws TypeError for anything else
 */
export function asBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === "string") return Buffer.from(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new TypeError(`A response's stream must give bytes or text, not ${typeof chunk}`);
}

/**
 * All of a response's stream.
 * @throws TypeError (rejects) for a piece that is neither bytes nor text, and whatever the stream throws
 */
export async function readAll(stream: ReadableStream<unknown>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(asBytes(chunk));
  return Buffer.concat(chunks);
}
