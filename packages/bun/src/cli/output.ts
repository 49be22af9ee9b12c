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
    // With plain numbers, the realpathSync of Node.js takes this result for that of its next path (nodejs/node 20 to 26): the next import would
    // load modules by the path of a link, and others load them a second time.
    const stats = fstatSync(fd, { bigint: true });
    return stats.isFIFO() || stats.isSocket();
  } catch {
    return false;
  }
}
