import { Buffer } from "node:buffer";
import net from "node:net";
import tls from "node:tls";

/** Milliseconds that bytes are waited for; what has not come by then does not. */
export const WITHIN = 3_000;

export type Target = { readonly port: number; readonly secure: boolean } | { readonly path: string };

/** A connection that sends bytes as they are and keeps what comes. */
export class Connection {
  readonly socket: net.Socket;
  received: Buffer = Buffer.alloc(0);
  /** The server has closed its side, or the connection. */
  ended = false;
  #watchers: (() => void)[] = [];

  constructor(target: Target) {
    const options = { allowHalfOpen: true, noDelay: true };
    if ("path" in target) this.socket = net.connect({ ...options, ...target });
    else {
      const { port, secure } = target;
      const where = { ...options, host: "127.0.0.1", port };
      this.socket = secure ? tls.connect({ ...where, rejectUnauthorized: false }) : net.connect(where);
    }
    this.socket.on("data", (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#wake();
    });
    for (const event of ["end", "close", "error"]) {
      this.socket.on(event, () => {
        this.ended = true;
        this.#wake();
      });
    }
  }

  /** Text as latin1. What is written in one turn leaves in one packet, so that servers handle it alike each time. */
  write(...pieces: (string | Uint8Array)[]): this {
    this.socket.cork();
    for (const piece of pieces)
      this.socket.write(typeof piece === "string" ? Buffer.from(piece, "latin1") : piece);
    process.nextTick(() => this.socket.uncork());
    return this;
  }

  /** Looks with `take` at what has come, each time that something does. @returns null if that never gave anything */
  async until<T>(take: () => T | null): Promise<T | null> {
    const deadline = Date.now() + WITHIN;
    for (;;) {
      const taken = take();
      if (taken !== null) return taken;
      const left = deadline - Date.now();
      if (left <= 0 || this.ended) return null;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#watchers.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Sends no more; goes on reading. */
  end(): void {
    this.socket.end();
  }

  /** Goes away without saying goodbye. */
  abort(): void {
    this.socket.resetAndDestroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  #wake(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }
}
