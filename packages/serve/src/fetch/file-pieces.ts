import { createReadStream, fstatSync, type Stats } from "node:fs";
import { settled } from "./settled-stats.ts";
import { standardInput } from "./standard-input.ts";

/** Whether it is a pipe, a socket or a terminal. */
export function isEndless(stats: Stats): boolean {
  return stats.isFIFO() || stats.isSocket() || stats.isCharacterDevice();
}

/** The bytes of a file from `start` to `end`, as they are read. A source without positions, such as a pipe, is read as it comes. */
export async function* filePieces(
  source: string | number,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const isPath = typeof source === "string";
  if (source === 0 && start < end && isEndless(settled(fstatSync(source)))) {
    yield* standardInput();
    return;
  }
  const stats = isPath ? null : settled(fstatSync(source));
  const hasPositions = isPath || stats?.isFile() === true;
  // Without a start a path is read as it comes: it may be a pipe, such as /dev/stdin.
  const from = isPath && start === 0 ? {} : { start };
  const part = hasPositions ? { ...from, end: end - 1 } : {};
  if (start >= end) return;
  yield* isPath
    ? createReadStream(source, part)
    : createReadStream("", { ...part, fd: source, autoClose: false });
}
