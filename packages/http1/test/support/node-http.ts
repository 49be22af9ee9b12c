import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A server's result of the bytes of one connection: its complete requests, and whether it refused one. */
export interface Verdict {
  readonly requests: readonly {
    readonly method: string;
    readonly target: string;
    readonly content: string;
  }[];
  readonly rejected: boolean;
}

/** Node's own HTTP server with its default, strict settings, as a judge. */
export class NodeServer {
  readonly #server: Server;
  #requests: Verdict["requests"][number][] = [];
  #rejected = false;

  constructor() {
    this.#server = createServer((request, response) => this.#onRequest(request, response));
    this.#server.on("checkContinue", (request, response) => {
      response.writeContinue();
      this.#onRequest(request, response);
    });
    this.#server.on("checkExpectation", (_request, response) => {
      this.#rejected = true;
      response.writeHead(417).end();
    });
    // Node leaves a connection with CONNECT to its application.
    this.#server.on("connect", (request: IncomingMessage, socket: Socket) => {
      this.#requests.push({ method: "CONNECT", target: request.url!, content: "" });
      socket.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n");
    });
    this.#server.on("clientError", (_error, socket) => {
      this.#rejected = true;
      socket.destroy();
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, "close");
  }

  /** Sends the bytes on a connection of their own, ends it, and waits until the server has closed it too. */
  async judge(bytes: Uint8Array): Promise<Verdict> {
    this.#requests = [];
    this.#rejected = false;
    const socket = connect((this.#server.address() as AddressInfo).port, "127.0.0.1");
    let responses = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      responses += text;
    });
    // A refused connection is reset; what counts is what the server saw.
    socket.on("error", () => {});
    const closed = once(socket, "close");
    socket.end(bytes);
    await closed;
    // Some refusals, such as that of a missing Host, are sent before the request gets to the application.
    return { requests: this.#requests, rejected: this.#rejected || / 4\d\d Bad Request\r\n/.test(responses) };
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const content: Buffer[] = [];
    request.on("data", (chunk: Buffer) => content.push(chunk));
    request.on("error", () => {});
    request.on("end", () => {
      this.#requests.push({
        method: request.method!,
        target: request.url!,
        content: Buffer.concat(content).toString("latin1"),
      });
      response.end("ok");
    });
  }
}
