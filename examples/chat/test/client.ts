import { WebSocket } from "ws";
import type { ServerMessage } from "../src/protocol.ts";

/** A client in place of a page. It queues messages until a test takes them. */
export class Client {
  readonly socket: WebSocket;
  readonly #arrived: ServerMessage[] = [];
  #wake: () => void = () => {};

  constructor(address: URL, query: Record<string, string>, headers: Record<string, string> = {}) {
    const url = new URL("/ws", address.href.replace("http", "ws"));
    url.search = String(new URLSearchParams(query));
    this.socket = new WebSocket(url, { headers });
    this.socket.on("message", (data) => {
      this.#arrived.push(JSON.parse(String(data)) as ServerMessage);
      this.#wake();
    });
  }

  /** The next message, which must be of this type. */
  async next<Type extends ServerMessage["type"]>(
    type: Type,
  ): Promise<Extract<ServerMessage, { type: Type }>> {
    while (this.#arrived.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const message = this.#arrived.shift();
    if (message?.type !== type) throw new Error(`Expected "${type}", got ${JSON.stringify(message)}`);
    return message as Extract<ServerMessage, { type: Type }>;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Ends the connection and waits until both sides know. */
  async leave(): Promise<number> {
    const code = new Promise<number>((resolve) => this.socket.once("close", resolve));
    this.socket.close();
    return await code;
  }

  /** The status that refuses the handshake; undefined if the server accepts it. */
  async refusal(): Promise<number | undefined> {
    return await new Promise((resolve) => {
      this.socket.on("error", () => {});
      this.socket.on("open", () => resolve(undefined));
      this.socket.on("unexpected-response", (_request, response) => {
        response.resume();
        resolve(response.statusCode);
      });
    });
  }
}
