import { Buffer } from "node:buffer";
import { Readable } from "node:stream";

/**
 * A reader of a whole stream leaves it for a turn of the event loop after so many chunks: the promises of one that gives
 * something for ever, if only empty chunks, would keep the loop.
 */
export const READS_A_TURN: number = 256;

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Makes a stream of what an async generator yields, as Bun lets a response be made. Cancelling it ends the generator, once. */
export function toStream(source: AsyncIterable<string | Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let cancelled = false;
  // A stream of Node.js opens its file, and may fail, before it is read: without a listener that ends the process.
  if (source instanceof Readable) source.on("error", ignore);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller): Promise<void> {
        const { value, done } = await iterator.next();
        if (cancelled) return;
        if (done) {
          controller.close();
          return;
        }
        try {
          controller.enqueue(asBytes(value));
        } catch (error) {
          // As `for await` does when its body throws: the generator's `finally` has to run. It is not waited for, and what it
          // throws does not hide this error.
          end(iterator, error).catch(ignore);
          throw error;
        }
      },
      async cancel(reason): Promise<void> {
        cancelled = true;
        // Its iterator does nothing if it has not been asked for anything, and the file would stay open.
        if (source instanceof Readable) source.destroy();
        await end(iterator, reason);
      },
    },
    // Nothing is produced before it is wanted.
    { highWaterMark: 0 },
  );
}

async function end(iterator: AsyncIterator<unknown>, reason: unknown): Promise<void> {
  await iterator.return?.(reason);
}

/**
 * Two streams of what one gives: the standard's "clone a body". Each has chunks of its own, which `tee()` does not give, so
 * that what is changed or transferred in one is whole in the other.
 */
export function cloneStream<T>(stream: ReadableStream<T>): [ReadableStream<T>, ReadableStream<T>] {
  // A copy has to be made before either branch is told of the chunk.
  const pairs = mapStream(stream, (chunk): readonly [T, T] => [chunk, copyChunk(chunk)]);
  const [first, second] = pairs.tee();
  return [mapStream(first, ([chunk]) => chunk), mapStream(second, ([, chunk]) => chunk)];
}

/** The bytes of a view alone: the memory behind a Buffer is shared by many. */
function copyChunk<T>(chunk: T): T {
  return (chunk instanceof Uint8Array ? new Uint8Array(chunk) : structuredClone(chunk)) as T;
}

function mapStream<From, To>(stream: ReadableStream<From>, map: (chunk: From) => To): ReadableStream<To> {
  const reader = stream.getReader();
  return new ReadableStream<To>(
    {
      async pull(controller): Promise<void> {
        const { value, done } = await reader.read();
        if (done) {
          controller.close();
          return;
        }
        try {
          controller.enqueue(map(value));
        } catch (error) {
          cancelStream(reader, error);
          throw error;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Cancels a stream that is not read any more. Never throws, whatever its `cancel` does. */
export function cancelStream(stream: { cancel(reason: unknown): Promise<void> }, reason: unknown): void {
  try {
    Promise.resolve(stream.cancel(reason)).catch(ignore);
  } catch {
    // As if it had rejected: classes of the application's own may do so.
  }
}

function ignore(): void {}

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
  let reads = 0;
  for await (const chunk of stream) {
    const bytes = asBytes(chunk);
    if (bytes.length > 0) chunks.push(bytes);
    if (++reads % READS_A_TURN === 0) await nextTurn();
  }
  return Buffer.concat(chunks);
}
