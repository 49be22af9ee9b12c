import { type AddressInfo, createServer, type Server } from "node:net";
import { Connection } from "./connection.ts";
import { TargetError } from "./target.ts";

/** A port of this machine to which a client connects. */
export class Visitors {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  /** Called with each connection; without it they are ended. */
  onConnection: ((connection: Connection) => void) | null = null;

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      const connection = new Connection(socket);
      if (this.onConnection === null) {
        connection.destroy();
        return;
      }
      this.#connections.add(connection);
      socket.on("close", () => this.#connections.delete(connection));
      this.onConnection(connection);
    });
  }

  /** @throws TargetError if it cannot listen there; port 0 is any */
  static async listen(port: number): Promise<Visitors> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) => reject(new TargetError(`It cannot listen: ${error.message}`)));
      server.listen(port, "127.0.0.1", resolve);
    });
    return new Visitors(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends what is open. */
  leave(): void {
    for (const connection of this.#connections) connection.destroy();
    this.#connections.clear();
  }

  close(): Promise<void> {
    this.onConnection = null;
    this.leave();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
