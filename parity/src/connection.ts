import { Buffer } from "node:buffer";
import net from "node:net";
import tls from "node:tls";

/** Milliseconds to wait for the next bytes. Bytes that have not come by then count as missing. */
export const WITHIN = 3_000;

export type Target = { readonly port: number; readonly secure: boolean } | { readonly path: string };

/** A connection that sends bytes unchanged and keeps the received ones. */
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

  /** Text as latin1. The writes of one turn leave in one packet, so that servers handle them alike each time. */
  write(...pieces: (string | Uint8Array)[]): this {
    this.socket.cork();
    for (const piece of pieces)
      this.socket.write(typeof piece === "string" ? Buffer.from(piece, "latin1") : piece);
    process.nextTick(() => this.socket.uncork());
    return this;
  }

  /** Calls `take` with the received bytes each time that some arrive. @returns null if it never returned a value */
  async until<T>(take: () => T | null): Promise<T | null> {
    for (let late = false; ; ) {
      const taken = take();
      if (taken !== null) return taken;
      if (late || this.ended) return null;
      // Each arrival begins the wait again: on a busy machine a large response takes longer than one wait.
      late = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(true), WITHIN);
        this.#watchers.push(() => {
          clearTimeout(timer);
          resolve(false);
        });
      });
    }
  }

  /** Ends the sending side, and goes on reading. */
  end(): void {
    this.socket.end();
  }

  /** Leaves without a goodbye (RST). */
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
