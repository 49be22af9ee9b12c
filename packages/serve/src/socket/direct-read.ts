import { readSync } from "node:fs";
import type { StreamHandle } from "./node-handle.ts";

/** The connection is broken. */
export const BROKEN = -1;

/**
 * Reads bytes that have come straight into memory that their reader keeps, by the descriptor of a handle. It never waits, because the
 * descriptor does not block. (The memory of a handle's own reads can be changed, too, by a value that `onread` returns. But that value is
 * lost if a callback of `process.nextTick` throws and the program handles the exception: the next bytes, of another request,
 * would be written into memory that an application has by then.)
 * @returns the number of bytes. 0 if none have come or the peer has ended: the handle's next read tells which. Or BROKEN
 */
export function readDirectly({ fd }: StreamHandle, memory: Uint8Array, most: number): number {
  if (fd === undefined || fd < 0) return 0;
  try {
    return readSync(fd, memory, 0, Math.min(memory.length, most), null);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EAGAIN" ? 0 : BROKEN;
  }
}
