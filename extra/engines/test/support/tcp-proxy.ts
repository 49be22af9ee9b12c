import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP proxy before an engine, which can hold up everything: a partition, in which no end sees an error. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  port = 0;
  /** Of the engine: of connections that come from here on. */
  target: number;
  #isHeld = false;

  static async open(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    proxy.port = (proxy.#server.address() as { port: number }).port;
    return proxy;
  }

  private constructor(target: number) {
    this.target = target;
    this.#server = createServer((client) => {
      const engine = connect(this.target, "127.0.0.1");
      for (const [from, to] of [
        [client, engine],
        [engine, client],
      ] as const) {
        this.#sockets.add(from);
        from.on("data", (chunk) => {
          if (!this.#isHeld) to.write(chunk);
        });
        from.on("error", () => {});
        from.on("close", () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
    });
  }

  /** From here on nothing passes, and nothing is closed. What is sent is lost. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Old connections are gone; new ones pass. */
  release(): void {
    this.#isHeld = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.release();
    this.#server.close();
    await once(this.#server, "close");
  }
}
