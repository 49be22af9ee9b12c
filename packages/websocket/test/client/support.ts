import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { expect, onTestFinished, vi } from "vitest";
import * as ws from "ws";
import type { Clock } from "../../src/client/clock.ts";
import type { CloseEvent, ErrorEvent, MessageEvent } from "../../src/client/index.ts";

/** Has `close` called after the test that is running. (A hook of this module would be the first file's alone where files share a process.) */
export function afterTest(close: () => void): void {
  onTestFinished(close);
}

/** Resolves when `condition` holds. With the limit the test can name the condition before its own time is over. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  await vi.waitFor(() => expect(condition(), what).toBe(true), { timeout: 100_000, interval: 2 });
}

/** The members of every WebSocket client, ours or a peer's. */
export interface AnyClient extends Pick<EventTarget, "addEventListener"> {
  readonly readyState: number;
  close(code?: number, reason?: string): void;
}

/** The events of a client, one short line each, and in a promise its end. */
export interface Recording {
  readonly events: string[];
  readonly errors: unknown[];
  readonly closed: Promise<CloseEvent>;
}

/** Listens to every event. The reason of `error` is in `errors`. */
export function record(client: AnyClient): Recording {
  const events: string[] = [];
  const errors: unknown[] = [];
  client.addEventListener("open", () => events.push("open"));
  for (const type of ["message", "ping", "pong"]) {
    client.addEventListener(type, (event: Event) =>
      events.push(`${type} ${show((event as MessageEvent).data)}`),
    );
  }
  client.addEventListener("error", (event: Event) => {
    events.push("error");
    errors.push((event as ErrorEvent).error);
  });
  const closed = new Promise<CloseEvent>((resolve) => {
    client.addEventListener("close", (event: Event) => {
      const { code, reason, wasClean } = event as CloseEvent;
      events.push(`close ${code} ${JSON.stringify(reason)} ${wasClean ? "clean" : "unclean"}`);
      resolve(event as CloseEvent);
    });
  });
  afterTest(() => client.readyState < 2 && client.close());
  return { events, errors, closed };
}

function show(data: unknown): string {
  if (typeof data === "string") return JSON.stringify(data);
  if (data instanceof Blob) return `Blob ${data.size}`;
  if (data instanceof ArrayBuffer) return `ArrayBuffer ${Buffer.from(data).toString("hex")}`;
  return `Buffer ${(data as Buffer).toString("hex")}`;
}

/** A server of the `ws` package; by default it sends back what it gets. */
export async function wsServer(
  options: Partial<ws.ServerOptions> = {},
  onConnection: (peer: ws.WebSocket) => void = echo,
): Promise<{ readonly url: string; readonly server: ws.WebSocketServer }> {
  const server = new ws.WebSocketServer({
    ...("server" in options ? {} : { port: 0, host: "127.0.0.1" }),
    perMessageDeflate: false,
    ...options,
  });
  server.on("connection", onConnection);
  afterTest(() => {
    for (const peer of server.clients) peer.terminate();
    server.close();
  });
  if ("server" in options) return { url: "", server };
  await once(server, "listening");
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

function echo(peer: ws.WebSocket): void {
  peer.on("message", (data, isBinary) => peer.send(data, { binary: isBinary }));
}

/** The server's end of a connection, byte by byte. */
export class RawPeer {
  readonly socket: Socket;
  #request: Promise<string> | null = null;
  #chunks: Buffer[] = [];
  /** The client has closed its side. */
  ended = false;
  /** The connection is gone. */
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes) => this.#chunks.push(bytes));
    socket.on("end", () => {
      this.ended = true;
    });
    socket.on("close", () => {
      this.closed = true;
    });
    socket.on("error", () => {});
  }

  /** Resolves with the head of the request, its last empty line included. */
  get request(): Promise<string> {
    this.#request ??= until(() => this.#received.includes("\r\n\r\n"), "a request").then(() => {
      const received = this.#received;
      const end = received.indexOf("\r\n\r\n") + 4;
      this.#chunks = [received.subarray(end)];
      return received.toString("latin1", 0, end);
    });
    return this.#request;
  }

  /** The response that opens a WebSocket, with further field lines, to be sent by the caller. */
  async response(...lines: string[]): Promise<string> {
    const head = await this.request;
    const fields = [
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${acceptOf(head)}`,
      ...lines,
    ];
    return `HTTP/1.1 101 Switching Protocols\r\n${fields.join("\r\n")}\r\n\r\n`;
  }

  /** Opens the WebSocket, and sends `first` in the same piece. */
  async accept(first: Uint8Array = Buffer.alloc(0), ...lines: string[]): Promise<void> {
    this.socket.write(Buffer.concat([Buffer.from(await this.response(...lines), "latin1"), first]));
  }

  /** The client's frames so far: opcode and unmasked payload. A naive reader, for short and complete frames. */
  get frames(): Array<{ readonly opcode: number; readonly payload: string }> {
    const frames: Array<{ opcode: number; payload: string }> = [];
    const bytes = this.#received;
    for (let at = 0; at + 6 <= bytes.length; ) {
      const length = bytes[at + 1]! & 0x7f;
      if (length > 125) throw new Error("too long for this reader");
      const key = bytes.subarray(at + 2, at + 6);
      const payload = Buffer.from(bytes.subarray(at + 6, at + 6 + length)).map(
        (byte, i) => byte ^ key[i % 4]!,
      );
      if (payload.length < length) break;
      frames.push({ opcode: bytes[at]! & 0x0f, payload: Buffer.from(payload).toString("latin1") });
      at += 6 + length;
    }
    return frames;
  }

  get #received(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

/** The code of a Close frame's payload, and its reason. */
export function closeStatus(payload: string): string {
  const bytes = Buffer.from(payload, "latin1");
  return bytes.length === 0 ? "none" : `${bytes.readUInt16BE(0)} ${bytes.toString("utf8", 2)}`.trim();
}

export function acceptOf(head: string): string {
  const key = /^sec-websocket-key: (.*)\r$/im.exec(head)?.[1] ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** A server that leaves every byte to the test. Its side stays open when the client's is closed. */
export async function rawServer(
  onPeer: (peer: RawPeer) => void,
  to: { readonly path?: string; readonly host?: string; readonly tls?: TlsOptions } = {},
): Promise<string> {
  const accept = (socket: Socket): void => {
    afterTest(() => socket.destroy());
    onPeer(new RawPeer(socket));
  };
  const server: Server =
    to.tls === undefined
      ? createServer({ allowHalfOpen: true }, accept)
      : createTlsServer({ ...to.tls, allowHalfOpen: true }, accept);
  server.listen(to.path === undefined ? { port: 0, host: to.host ?? "127.0.0.1" } : { path: to.path });
  afterTest(() => server.close());
  await once(server, "listening");
  const scheme = to.tls === undefined ? "ws" : "wss";
  if (to.path !== undefined) return `${scheme}+unix:${to.path}`;
  const { address, port, family } = server.address() as AddressInfo;
  return `${scheme}://${family === "IPv6" ? `[${address}]` : address}:${port}/`;
}

/** A server and its first connection. */
export async function rawPair(
  makeClient: (url: string) => unknown,
  to?: Parameters<typeof rawServer>[1],
): Promise<RawPeer> {
  let found: RawPeer | null = null;
  const url = await rawServer((peer) => {
    found ??= peer;
  }, to);
  makeClient(url);
  await until(() => found !== null, "a connection");
  return found!;
}

/** A clock that the test moves. */
export class TestClock implements Clock {
  #now = 0;
  #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Whether no callback waits. */
  get idle(): boolean {
    return this.#timers.size === 0;
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
    for (const timer of [...this.#timers]) {
      if (timer.at > this.#now || !this.#timers.delete(timer)) continue;
      timer.callback();
    }
  }
}
