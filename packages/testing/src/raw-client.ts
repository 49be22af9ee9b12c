import { Buffer } from "node:buffer";
import net from "node:net";
import tls from "node:tls";
import { expect } from "vitest";
import { afterEachTest } from "../../../vitest.after-each.ts";
import { leastLength, type RawResponse, takeResponse } from "./raw-response.ts";
import { until } from "./wait.ts";

const open = new Set<RawClient>();

afterEachTest(() => {
  for (const client of open) client.destroy();
  open.clear();
});

/** The address of a server: a port (of the IPv4 loopback unless there is a host), or the path of a Unix socket. */
export type Target =
  | { readonly port: number | undefined; readonly host?: string }
  | { readonly path: string };

/** A client that sends bytes unchanged, and parses responses as strictly as possible. It is closed after the test. */
export class RawClient {
  readonly socket: net.Socket;
  #received: Buffer[] = [];
  #size = 0;
  #waiting = 0;
  #ended = false;
  #closed = false;
  #reset = false;
  #connected = false;

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on("connect", () => {
      this.#connected = true;
    });
    socket.on("data", (chunk: Buffer) => {
      this.#received.push(chunk);
      this.#size += chunk.length;
      this.#waiting += chunk.length;
    });
    socket.on("end", () => {
      this.#ended = true;
    });
    socket.on("error", () => {
      this.#reset = true;
    });
    socket.on("close", () => {
      this.#closed = true;
    });
    open.add(this);
  }

  /** The received bytes that were not taken. */
  get received(): Buffer {
    if (this.#received.length !== 1) this.#received = [Buffer.concat(this.#received)];
    return this.#received[0]!;
  }

  /** Takes bytes from the front of what was received. */
  take(count: number): void {
    this.#received = [this.received.subarray(count)];
    this.#waiting -= count;
  }

  get receivedBytes(): number {
    return this.#size;
  }

  /** The server has closed its side. */
  get ended(): boolean {
    return this.#ended;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The connection broke with an error instead of an end. */
  get reset(): boolean {
    return this.#reset;
  }

  /** Sends all pieces in one write; text as latin1. */
  write(...pieces: (string | Uint8Array)[]): this {
    this.socket.write(
      Buffer.concat(
        pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece, "latin1") : piece)),
      ),
    );
    return this;
  }

  /** Closes the sending side. */
  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Leaves without a goodbye (RST). */
  abort(): void {
    this.socket.resetAndDestroy();
  }

  async connected(): Promise<this> {
    await until(() => this.#connected, "connected");
    return this;
  }

  /** Waits for one response and takes it. */
  async response(options: { head?: boolean } = {}): Promise<RawResponse> {
    // A large response is not to be put together and parsed for each of its packets.
    let needed = 0;
    const take = (): ReturnType<typeof takeResponse> => {
      if (this.#waiting < needed && !this.#ended && !this.#closed) return null;
      const taken = takeResponse(this.received, { ...options, ended: this.#ended });
      if (taken === null) needed = leastLength(this.received);
      return taken;
    };
    let taken = take();
    const faults: unknown[] = [];
    await until(() => {
      try {
        taken ??= take();
      } catch (error) {
        // More bytes cannot mend a response that is malformed.
        faults.push(error);
      }
      return taken !== null || faults.length > 0 || this.#closed;
    }, "a response");
    if (faults.length > 0) throw faults[0];
    taken ??= take();
    if (taken === null) {
      expect.fail(`a whole response was expected, not ${JSON.stringify(this.received.toString("latin1"))}`);
    }
    const { response, rest } = taken;
    this.#received = [rest];
    this.#waiting = rest.length;
    return response;
  }

  /** Waits for that many bytes, or the end. */
  async bytes(count: number): Promise<Buffer> {
    await until(() => this.#waiting >= count || this.#ended || this.#closed, `${count} bytes`);
    return this.received;
  }

  /** Waits until the server has closed the connection, and returns the bytes until then. */
  async closedByServer(): Promise<Buffer> {
    await until(() => this.#ended || this.#closed, "the end of the connection");
    return this.received;
  }
}

/** Connects. Bytes that are written earlier are sent then. */
export function connect(target: Target): RawClient {
  return new RawClient(net.connect({ allowHalfOpen: true, ...address(target) }));
}

function address(target: Target): { path: string } | { host: string; port: number } {
  if ("path" in target) return { path: target.path };
  if (target.port === undefined) throw new Error("The server has no port");
  return { host: target.host ?? "127.0.0.1", port: target.port };
}

/** As `connect`, over TLS, with any certificate. */
export function connectSecurely(target: Target): RawClient {
  return new RawClient(tls.connect({ rejectUnauthorized: false, ...address(target) }));
}

/** A request with a Host, as text. */
export function request(line: string, fields: readonly string[] = [], content = ""): string {
  return [`${line} HTTP/1.1`, "Host: test", ...fields, "", content].join("\r\n");
}

/** Sends one request on a connection of its own and takes the response. */
export async function ask(
  target: Target,
  line: string,
  fields: readonly string[] = [],
  content = "",
): Promise<RawResponse> {
  const client = connect(target);
  const response = await client
    .write(request(line, fields, content))
    .response({ head: line.startsWith("HEAD ") });
  client.destroy();
  return response;
}
