import { type Connection, openConnection } from "./connection.ts";
import type { Target } from "./target.ts";

/** A connection is not used for ever: servers bound the requests of one. */
const MOST_USES = 64;

/** Connections that a whole exchange has left open, for the exchanges that may follow another. */
export class Pool {
  readonly #target: Target;
  readonly #idle: Connection[] = [];
  /** Connections that were opened. */
  opened = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  /**
   * @param handshake of the WebSocket that it is, unless it is a new connection
   * @throws ConnectError
   */
  async take(fresh: boolean, handshake: string | null = null): Promise<Connection> {
    while (!fresh) {
      const connection = this.#idle.pop();
      if (connection === undefined) break;
      const isFit = connection.handshake === handshake && !connection.unexpected;
      if (connection.end === "open" && isFit) return connection;
      connection.destroy();
    }
    this.opened++;
    return openConnection(this.#target);
  }

  /** Gives a connection back. Only one is kept whose last exchange ended where a next one may begin. */
  release(connection: Connection, persists: boolean, handshake: string | null = null): void {
    connection.handshake = handshake;
    connection.onData = null;
    connection.onEnd = null;
    if (persists && connection.end === "open" && ++connection.uses < MOST_USES) this.#idle.push(connection);
    else connection.destroy();
  }

  close(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }
}
