import { fstatSync } from "node:fs";

/** What Node.js writes to; `setBlocking` is no documented API, and many programs call it. */
interface Handle {
  setBlocking?(isBlocking: boolean): unknown;
}

/**
 * From now on what is written to a pipe is in it when the call returns, as by `console.log` of Bun. Node.js loses what the pipe does not hold (64 KiB on
 * Linux) if `process.exit` follows.
 */
export function writeAtOnce(): void {
  for (const [fd, name] of [
    [1, "stdout"],
    [2, "stderr"],
  ] as const)
    if (isPipe(fd)) (process[name] as unknown as { _handle?: Handle })._handle?.setBlocking?.(true);
}

function isPipe(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isFIFO() || stats.isSocket();
  } catch {
    return false;
  }
}
