import type { Socket } from "node:net";
import { constants } from "node:os";
import type { Writable } from "node:stream";
import type { SinkTarget } from "@mantou/serve/hosting";

/** The input of a process, as what a sink writes to. */
export class PipeTarget implements SinkTarget {
  readonly #pipe: Writable;

  constructor(pipe: Writable) {
    this.#pipe = pipe;
    // The write that failed has the error; a process may end without reading its input.
    pipe.on("error", () => {});
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (!this.#pipe.writable) return undefined;
    let done!: { resolve: () => void; reject: (error: Error) => void };
    const written = new Promise<void>((resolve, reject) => {
      done = { resolve, reject };
    });
    written.catch(() => {});
    const hasRoom = this.#pipe.write(bytes, (error) => {
      if (error === null || error === undefined) done.resolve();
      else done.reject(writeError(error));
    });
    return hasRoom ? undefined : written;
  }

  end(): undefined {
    this.#pipe.end();
    return undefined;
  }

  ref(isAlive: boolean): void {
    const socket = this.#pipe as Socket;
    if (isAlive) socket.ref();
    else socket.unref();
  }
}

/** The error in Bun's words. A pipe that was closed before the write is one without a reader. */
export function writeError(error: NodeJS.ErrnoException): Error {
  const code = error.code?.startsWith("ERR_STREAM") ? "EPIPE" : error.code;
  if (code !== "EPIPE") return error;
  return Object.assign(new Error("EPIPE: broken pipe, write"), {
    syscall: "write",
    errno: -constants.errno.EPIPE,
    code,
  });
}
