import { closeSync, constants, openSync, writeSync } from "node:fs";
import { constants as system } from "node:os";
import type { Writable } from "node:stream";
import type { SinkTarget } from "./file-sink.ts";

/** A stream of Node.js, such as the input of a process, as what a sink writes to. */
export class StreamTarget implements SinkTarget {
  readonly #stream: Writable;
  readonly #isOwn: boolean;

  /** @param isOwn whether it ends with the sink; false for those of this process */
  constructor(stream: Writable, isOwn: boolean) {
    this.#stream = stream;
    this.#isOwn = isOwn;
    // The write that failed has the error; a process may end without reading its input.
    if (isOwn) stream.on("error", () => {});
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (!this.#stream.writable) return undefined;
    let settle!: (error?: Error | null) => void;
    const written = new Promise<void>((resolve, reject) => {
      settle = (error) => (error === null || error === undefined ? resolve() : reject(writeError(error)));
    });
    written.catch(() => {});
    return this.#stream.write(bytes, settle) ? undefined : written;
  }

  end(): undefined {
    if (this.#isOwn) this.#stream.end();
    return undefined;
  }

  ref(isAlive: boolean): void {
    const socket = this.#stream as Partial<Record<"ref" | "unref", () => void>>;
    if (isAlive) socket.ref?.();
    else socket.unref?.();
  }
}

/** A file, which is written at once. As in Bun, what it has behind the new bytes stays. */
export class FileTarget implements SinkTarget {
  readonly #descriptor: number;
  readonly #isOwn: boolean;

  /** @throws the operating system's error for a path that cannot be opened, or whose folder is not there */
  constructor(source: string | number) {
    this.#isOwn = typeof source === "string";
    this.#descriptor =
      typeof source === "string" ? openSync(source, constants.O_WRONLY | constants.O_CREAT) : source;
  }

  write(bytes: Uint8Array): undefined {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    return undefined;
  }

  end(): undefined {
    if (this.#isOwn) closeSync(this.#descriptor);
    return undefined;
  }

  /** No write takes longer than its call. */
  ref(): void {}
}

/** The stream of this process that writes to a descriptor: it knows pipes and terminals that have no room. Null for other descriptors. */
export function standardOutput(descriptor: number | string): Writable | null {
  if (descriptor === 1) return process.stdout;
  return descriptor === 2 ? process.stderr : null;
}

/** The error in Bun's words. A pipe that was closed before the write is one without a reader. */
export function writeError(error: NodeJS.ErrnoException): Error {
  const code = error.code?.startsWith("ERR_STREAM") ? "EPIPE" : error.code;
  if (code !== "EPIPE") return error;
  const number = -system.errno.EPIPE;
  return Object.assign(new Error("EPIPE: broken pipe, write"), { syscall: "write", errno: number, code });
}
