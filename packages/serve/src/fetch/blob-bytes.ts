import { Buffer, Blob as PlatformBlob } from "node:buffer";

/** Node's own reader of a Blob. It calls back at once for bytes in memory, and later for those of a file. */
interface BlobReader {
  pull(pulled: (status: number, bytes?: ArrayBuffer) => void): void;
}

/** What a reader tells: behind the last bytes; with some, or behind a part. All else is an error, or a wait. */
const END = 0;
const MORE = 1;
const NOT_CALLED_BACK = -1;

/**
 * The bytes of a Blob in memory, at once. All ways of the standard are asynchronous: what follows the Blob would come before it.
 * They come from the internals of Node.js by which its `arrayBuffer()` reads.
 * @returns null if they can be had only asynchronously: those of a file, those of an `arrayBuffer()` of the Blob's own, and all of them where these
 *   internals are others
 */
export function bytesInMemory(blob: Blob): Buffer | null {
  if (blob.arrayBuffer !== PlatformBlob.prototype.arrayBuffer) return null;
  try {
    const bytes = readNow(openReader(blob));
    return bytes?.length === blob.size ? bytes : null;
  } catch {
    return null;
  }
}

function openReader(blob: Blob): BlobReader {
  const handle = Object.getOwnPropertySymbols(blob).find(({ description }) => description === "kHandle");
  return (blob as unknown as Record<symbol, { getReader(): BlobReader }>)[handle!]!.getReader();
}

function readNow(reader: BlobReader): Buffer | null {
  const parts: Buffer[] = [];
  let status: number;
  do {
    status = NOT_CALLED_BACK;
    reader.pull((told, bytes) => {
      status = told;
      if (bytes !== undefined) parts.push(Buffer.from(bytes));
    });
  } while (status === MORE);
  return status === END ? Buffer.concat(parts) : null;
}
