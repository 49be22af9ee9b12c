import { Buffer } from "node:buffer";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { ProtocolError, ServerConnection } from "@mantou/http1";
import { isLoopback, TargetError } from "./target.ts";

/** A request as it has arrived, whole. */
export interface Arrival {
  readonly method: string;
  readonly target: string;
  /** name, value, name, value … */
  readonly fields: readonly string[];
  readonly content: Uint8Array;
}

/** What has arrived since the last look. */
export interface Arrivals {
  readonly requests: readonly Arrival[];
  /** Why the strict server role would not read on: a connection each. */
  readonly faults: readonly string[];
}

/** The server behind a proxy that is examined: it reads strictly, notes what arrives, and says in each response what it has read. */
export class Origin {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #requests: Arrival[] = [];
  #faults: string[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => this.#serve(socket));
  }

  /** @throws TargetError if it cannot listen there */
  static async listen(host: string, port: number, allowRemote: boolean): Promise<Origin> {
    if (!isLoopback(host) && !allowRemote) {
      throw new TargetError(
        `The origin listens on other addresses than loopback only with --allow-remote, not on ${host}`,
      );
    }
    const server = createServer({ allowHalfOpen: true });
    const origin = new Origin(server);
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) => reject(new TargetError(`The origin cannot listen: ${error.message}`)));
      server.listen(port, host, resolve);
    });
    return origin;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What has arrived since the last call. */
  take(): Arrivals {
    const arrivals = { requests: this.#requests, faults: this.#faults };
    this.#requests = [];
    this.#faults = [];
    return arrivals;
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const output = {
      text: (text: string) => void socket.write(text, "latin1"),
      bytes: (bytes: Uint8Array) => void socket.write(Buffer.from(bytes)),
    };
    const connection = new ServerConnection(output, { date: () => new Date().toUTCString() });
    const reader = new RequestReader(connection);
    const read = () => {
      try {
        reader.read((request) => this.#requests.push(request));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        if (error.code !== "PREMATURE_END") this.#faults.push(`${error.code}: ${error.message}`);
        if (connection.responseState === "idle" || connection.responseState === "pending")
          connection.refuse(error.status);
      }
      if (connection.waitingFor === "nothing") socket.end();
    };
    socket.on("data", (bytes: Buffer) => {
      connection.receive(bytes);
      read();
    });
    socket.on("end", () => {
      connection.receiveEnd();
      read();
      socket.end();
    });
  }
}

/** A cache would answer what is to arrive. */
const NOT_KEPT = ["Cache-Control", "no-store"];

/** Reads requests to their ends, and responds to each. */
class RequestReader {
  readonly #connection: ServerConnection;
  #head: Omit<Arrival, "content"> = { method: "", target: "", fields: [] };
  #content: Buffer[] = [];

  constructor(connection: ServerConnection) {
    this.#connection = connection;
  }

  read(arrived: (request: Arrival) => void): void {
    const connection = this.#connection;
    for (let event = connection.next(); event !== null; event = connection.next()) {
      switch (event.type) {
        case "request":
          this.#head = { method: event.method, target: event.target, fields: event.fields.list };
          this.#content = [];
          connection.sendContinue();
          break;
        case "data":
          this.#content.push(Buffer.from(event.bytes));
          break;
        case "end": {
          const content = Buffer.concat(this.#content);
          arrived({ ...this.#head, content });
          const { method, target } = this.#head;
          connection.respond({ status: 200, fields: NOT_KEPT }, `${method} ${target} ${content.length}\n`);
          break;
        }
        case "closed":
          return;
      }
    }
  }
}
