import { Buffer } from "node:buffer";
import type net from "node:net";
import { createKey, requestHeaders } from "@mantou/websocket";
import { connect, connected } from "../../connect.ts";
import type { Target } from "../../target.ts";
import { fieldLines } from "../field-lines.ts";

/** Milliseconds in which a server responds, and a connection ends. */
const LIMIT = 60_000;

const FIN = 0x80;
const MASKED = 0x80;

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9 } as const;

/** A client's frame. Its mask is zero, so that the payload is sent as it is. */
export function frame(
  opcode: number,
  payload: Uint8Array | string = "",
  { fin = true, rsv1 = false }: { fin?: boolean; rsv1?: boolean } = {},
): Buffer {
  const bytes = Buffer.from(payload as string);
  const first = (fin ? FIN : 0) | (rsv1 ? 0x40 : 0) | opcode;
  const mask = [0, 0, 0, 0];
  if (bytes.length < 126) return Buffer.concat([Buffer.from([first, MASKED | bytes.length, ...mask]), bytes]);
  const head =
    bytes.length < 65_536
      ? [first, MASKED | 126, bytes.length >> 8, bytes.length & 0xff]
      : [
          first,
          MASKED | 127,
          0,
          0,
          0,
          0,
          ...new Uint8Array(new Uint32Array([bytes.length]).buffer).reverse(),
        ];
  return Buffer.concat([Buffer.from([...head, ...mask]), bytes]);
}

/** The bytes of a handshake. */
export function handshake(extensions = ""): string {
  const fields = ["Host", "localhost", ...requestHeaders(createKey())];
  if (extensions !== "") fields.push("Sec-WebSocket-Extensions", extensions);
  return `GET / HTTP/1.1\r\n${fieldLines(fields)}\r\n`;
}

/** A client of a flood: it counts received bytes, and parses nothing. */
export class Peer {
  received = 0;
  closed = false;
  readonly socket: net.Socket;
  #waiting: (() => void)[] = [];

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => {
      this.received += bytes.length;
      this.#changed();
    });
    socket.on("end", () => socket.end());
    socket.on("close", () => {
      this.closed = true;
      this.#changed();
    });
  }

  /** A WebSocket; the response to the handshake is not counted. */
  static async open(target: Target, extensions?: string): Promise<Peer> {
    const socket = await connected(connect(target));
    socket.setNoDelay(true);
    const peer = new Peer(socket);
    socket.write(handshake(extensions));
    await peer.until(() => peer.received > 0);
    peer.received = 0;
    return peer;
  }

  /** Writes as fast as the server reads; false when the connection has ended, or the server has stopped reading. */
  async write(bytes: Uint8Array, patience: number = LIMIT): Promise<boolean> {
    if (this.closed || !this.socket.writable) return false;
    if (this.socket.write(bytes)) return true;
    let drained = false;
    this.socket.once("drain", () => {
      drained = true;
      this.#changed();
    });
    await this.until(() => drained, patience).catch(() => {});
    return drained;
  }

  command(name: string, count = 0): void {
    this.socket.write(frame(OPCODE.text, JSON.stringify([name, count])));
  }

  stop(): void {
    this.socket.pause();
  }

  read(): void {
    this.socket.resume();
  }

  leave(): void {
    this.socket.destroy();
  }

  /** @throws Error if it does not become true in time */
  async until(holds: () => boolean, limit: number = LIMIT): Promise<void> {
    const end = performance.now() + limit;
    while (!holds()) {
      if (this.closed) return;
      const left = end - performance.now();
      if (left <= 0) throw new Error("the server does not go on");
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
