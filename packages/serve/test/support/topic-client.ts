import { Buffer } from "node:buffer";
import { OPCODE, RawWebSocket, type ServerFrame } from "@mantou/testing/raw-websocket";
import { until } from "@mantou/testing/wait";
import type { WebSocketServer } from "./websocket-pair.ts";

/** The fields of a handshake that offers the topics' protocol. */
export const OFFER: readonly string[] = ["Sec-WebSocket-Protocol: mantou.topics.1"];

/** A topic client on the wire: it keeps what it gets, and does nothing by itself. */
export class TopicClient {
  readonly raw: RawWebSocket;
  /** Text of all messages; a ⏎ for a line feed. Bytes have a `#` in front. */
  readonly lines: string[] = [];
  /** The code and the reason of the Close frame. */
  closed: string | null = null;

  constructor(raw: RawWebSocket) {
    this.raw = raw;
  }

  static async open(
    server: WebSocketServer["server"],
    fields: readonly string[] = OFFER,
  ): Promise<TopicClient> {
    return new TopicClient(await RawWebSocket.open(server, { fields }));
  }

  /** The name of its session, as the server has told it. */
  get session(): string {
    return this.all.find((line) => line.startsWith("s "))?.slice(2) ?? "";
  }

  /** Everything that has come so far, what was taken included. */
  readonly all: string[] = [];

  #read(): void {
    for (const frame of this.raw.take()) {
      if (frame.opcode === OPCODE.close) this.closed = closeOf(frame);
      if (frame.opcode !== OPCODE.text && frame.opcode !== OPCODE.binary) continue;
      const line =
        (frame.opcode === OPCODE.binary ? "#" : "") + frame.payload.toString().replaceAll("\n", "⏎");
      this.lines.push(line);
      this.all.push(line);
    }
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    try {
      await until(() => {
        this.#read();
        return condition();
      }, what);
    } catch (error) {
      const last = this.lines.slice(-20).map((line) => line.slice(0, 80));
      throw new Error(`waited in vain for ${what}; there are:\n${last.join("\n")}`, { cause: error });
    }
  }

  /** Waits for so many messages, and takes them. */
  async take(count: number): Promise<string[]> {
    await this.#until(() => this.lines.length >= count, `${count} messages`);
    return this.lines.splice(0, count);
  }

  /** Waits for a message that begins so, and takes all up to it. */
  async upTo(beginning: string): Promise<string[]> {
    let found = -1;
    await this.#until(() => {
      found = this.lines.findIndex((line) => line.startsWith(beginning));
      return found >= 0;
    }, beginning);
    return this.lines.splice(0, found + 1);
  }

  async untilClosed(): Promise<string> {
    await this.#until(() => this.closed !== null || this.raw.client.closed, "closed");
    return this.closed ?? "without a Close frame";
  }

  send(text: string): void {
    this.raw.text(text.replaceAll("⏎", "\n"));
  }

  sendBytes(bytes: string): void {
    this.raw.send(OPCODE.binary, Buffer.from(bytes.replaceAll("⏎", "\n")));
  }

  end(): void {
    this.raw.client.socket.destroy();
  }
}

function closeOf({ payload }: ServerFrame): string {
  return `${payload.readUInt16BE(0)} ${payload.toString("utf8", 2)}`.trim();
}

/** The position in a line with `+`, `=` or `!`. */
export function positionOf(line: string): string {
  return line.split(" ")[1]!;
}
