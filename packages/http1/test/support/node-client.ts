import { Buffer } from "node:buffer";
import { once } from "node:events";
import { request } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";

/** A client's result of the bytes that it got for its one request. */
export interface ClientVerdict {
  readonly interim: readonly number[];
  /** null if no final response came. */
  readonly status: number | null;
  readonly content: string;
  /** Something was refused, or the response was not whole. */
  readonly rejected: boolean;
}

/** Node's own HTTP client with its default, strict settings, as a judge; the responses come from a plain socket. */
export class NodeClient {
  readonly #server: Server;
  #response: Uint8Array = new Uint8Array(0);

  constructor() {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => socket.destroy());
      socket.on("end", () => socket.end());
      socket.once("data", () => socket.end(this.#response));
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

  /** Sends a request by `method` on a connection of its own. The server sends the bytes and closes. */
  judge(method: string, bytes: Uint8Array): Promise<ClientVerdict> {
    this.#response = bytes;
    const { port } = this.#server.address() as AddressInfo;
    return new Promise((resolve) => {
      const interim: number[] = [];
      let status: number | null = null;
      const content: Buffer[] = [];
      let rejected = false;
      let complete = false;
      const sent = request({ host: "127.0.0.1", port, method, path: "/", agent: false });
      sent.on("information", (information) => interim.push(information.statusCode));
      sent.on("response", (response) => {
        status = response.statusCode!;
        response.on("data", (chunk: Buffer) => content.push(chunk));
        response.on("error", () => {
          rejected = true;
        });
        response.on("end", () => {
          complete = response.complete;
        });
      });
      sent.on("upgrade", (_response, socket) => {
        rejected = true;
        socket.destroy();
      });
      sent.on("error", () => {
        rejected = true;
      });
      sent.on("close", () =>
        resolve({
          interim,
          status,
          content: Buffer.concat(content).toString("latin1"),
          rejected: rejected || !complete,
        }),
      );
      sent.end();
    });
  }
}
