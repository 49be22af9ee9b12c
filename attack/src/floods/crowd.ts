import type net from "node:net";
import { connect, connected, reset } from "../connect.ts";
import type { Target } from "../target.ts";

/** Connections that begin at the same time: fewer than a listening socket's queue holds. */
const AT_ONCE = 100;

/** Many clients of one server. They read only on `read`. */
export class Crowd {
  readonly sockets: readonly net.Socket[];
  #open: number;

  private constructor(sockets: readonly net.Socket[]) {
    this.sockets = sockets;
    this.#open = sockets.filter(({ destroyed }) => !destroyed).length;
    for (const socket of sockets) {
      socket.once("close", () => {
        this.#open--;
      });
    }
  }

  static async gather(target: Target, count: number): Promise<Crowd> {
    const sockets: net.Socket[] = [];
    while (sockets.length < count) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, () => connect(target));
      sockets.push(...(await Promise.all(some.map(connected))));
    }
    return new Crowd(sockets);
  }

  /** Connections that the server has not closed. */
  get open(): number {
    return this.#open;
  }

  /** Each sends these bytes. Resolves when all are taken, or after `limit` ms if they never are. */
  async send(text: string, limit: number): Promise<void> {
    const sent = this.sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          if (socket.destroyed) resolve();
          else {
            socket.once("close", () => resolve());
            socket.write(text, "latin1", () => resolve());
          }
        }),
    );
    await within(limit, Promise.all(sent));
  }

  /** Reads and discards, so that the server's end is seen. */
  read(): void {
    for (const socket of this.sockets) socket.resume();
  }

  /** Resolves when the server has closed all of them, or `limit` ms are over. */
  async closed(limit: number): Promise<void> {
    this.read();
    await within(limit, Promise.all(this.sockets.map((socket) => ended(socket))));
  }

  /** All leave: by RST, or by FIN. */
  leave(how: "rst" | "fin"): void {
    for (const socket of this.sockets) {
      if (how === "rst") reset(socket);
      else socket.destroy();
    }
  }
}

/** Resolves when the other side has closed; then this one does, too. */
function ended(socket: net.Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    socket.once("close", () => resolve());
    socket.once("end", () => socket.destroy());
    if (socket.readableEnded) socket.destroy();
  });
}

export async function within(limit: number, done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limit);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}
