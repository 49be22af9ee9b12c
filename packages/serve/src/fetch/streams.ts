import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers";
import { bytesOf } from "./bytes.ts";

/**
 * A reader of a whole stream waits for another turn of the event loop after so many chunks. The promises of an endless stream,
 * if only of empty chunks, would hold the loop.
 */
export const READS_A_TURN: number = 256;

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * A consumer that will take a whole stream calls the stream's method of this name first. The platform's streams have none; those
 * of Bun's runtime do, since their source is asked in another way by a reader of single chunks.
 */
export const TAKEN_WHOLE: unique symbol = Symbol("takenWhole");

export function announceWhole(stream: ReadableStream): void {
  (stream as { [TAKEN_WHOLE]?(): void })[TAKEN_WHOLE]?.();
}

/** Whether the stream has been read from or cancelled. `@types/node` declares the function for streams of Node.js alone. */
export function isDisturbed(stream: ReadableStream): boolean {
  return Readable.isDisturbed(stream as unknown as Readable);
}

/** Makes a stream of an async iterable, as Bun takes one for a body. A cancel of the stream ends the iterator once. */
export function toStream(source: AsyncIterable<string | Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let cancelled = false;
  // A stream of Node.js opens its file before it is read. An error that has no listener would end the process.
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
          // The generator's `finally` runs, as in a `for await` whose body throws. It is not awaited, and its own error does not
          // hide this one.
          end(iterator, error).catch(ignore);
          throw error;
        }
      },
      async cancel(reason): Promise<void> {
        cancelled = true;
        // `return()` of an iterator that has given nothing yet does nothing: the file would stay open.
        if (source instanceof Readable) source.destroy();
        await end(iterator, reason);
      },
    },
    // The iterator produces nothing before a reader asks.
    { highWaterMark: 0 },
  );
}

async function end(iterator: AsyncIterator<unknown>, reason: unknown): Promise<void> {
  await iterator.return?.(reason);
}

/**
 * The standard's "clone a body": two streams of the chunks of one. Each stream has copies of its own, unlike those of `tee()`:
 * a chunk that one reader changes or transfers stays whole for the other.
 */
export function cloneStream<T>(stream: ReadableStream<T>): [ReadableStream<T>, ReadableStream<T>] {
  const reader = stream.getReader();
  // The copy is made before either branch sees the chunk.
  const pairs = mapStream(
    () => reader,
    (chunk): readonly [T, T] => [chunk, copyChunk(chunk)],
  );
  const [first, second] = pairs.tee();
  return [mapStream(readerOf(first), ([chunk]) => chunk), mapStream(readerOf(second), ([, chunk]) => chunk)];
}

/**
 * The bytes of a stream of bytes or text. A stream whose chunks can be bytes alone stays itself, with its readers. Another one is not locked
 * before the first chunk is wanted: what takes the result for a body may still refuse it.
 */
export function toByteStream(stream: ReadableStream<unknown>): ReadableStream<Uint8Array> {
  return hasBytesAlone(stream) ? stream : mapStream(readerOf(stream), asBytes);
}

/** Only streams whose source has the type "bytes" have such readers. */
function hasBytesAlone(stream: ReadableStream<unknown>): stream is ReadableStream<Uint8Array> {
  try {
    stream.getReader({ mode: "byob" }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/** Gives the reader of a stream, which locks it when it is asked for first. */
function readerOf<T>(stream: ReadableStream<T>): () => ReadableStreamDefaultReader<T> {
  let reader: ReadableStreamDefaultReader<T> | null = null;
  return () => {
    reader ??= stream.getReader();
    return reader;
  };
}

/** Copies the bytes of the view alone: many Buffers share the memory behind one. */
function copyChunk<T>(chunk: T): T {
  return (chunk instanceof Uint8Array ? new Uint8Array(chunk) : structuredClone(chunk)) as T;
}

function mapStream<From, To>(
  reader: () => ReadableStreamDefaultReader<From>,
  map: (chunk: From) => To,
): ReadableStream<To> {
  return new ReadableStream<To>(
    {
      async pull(controller): Promise<void> {
        const { value, done } = await reader().read();
        if (done) {
          controller.close();
          return;
        }
        try {
          controller.enqueue(map(value));
        } catch (error) {
          cancelStream(reader(), error);
          throw error;
        }
      },
      cancel: (reason) => reader().cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Cancels a stream that is not read any more. Ignores errors of its `cancel`. */
export function cancelStream(stream: { cancel(reason: unknown): Promise<void> }, reason: unknown): void {
  try {
    Promise.resolve(stream.cancel(reason)).catch(ignore);
  } catch {
    // A class of the application may throw where the standard's rejects.
  }
}

function ignore(): void {}

/**
 * A chunk of a body's stream as bytes. The standard allows Uint8Arrays only; Bun also takes text and other views.
 * @throws TypeError for anything else
 */
export function asBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array && chunk.length > 0) return chunk;
  if (typeof chunk === "string") return Buffer.from(chunk);
  if (ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer) return bytesOf(chunk);
  throw new TypeError(`A body's stream must give bytes or text, not ${typeof chunk}`);
}

/**
 * Reads a stream of bytes or text to its end: a response's body, or a file.
 * @throws TypeError (rejects) for a chunk that is neither bytes nor text, and the stream's own error
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
