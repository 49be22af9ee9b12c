import { Buffer } from "node:buffer";
import { expect } from "vitest";
import { connect, type RawClient, request, type Target } from "./raw-client.ts";
import type { RawResponse } from "./raw-response.ts";
import { until } from "./wait.ts";
import { clientFrame, closePayload, type FrameOptions, OPCODE } from "./websocket-frames.ts";

export { clientFrame, closePayload, OPCODE } from "./websocket-frames.ts";

/** The key of RFC 6455 §1.3, and the Sec-WebSocket-Accept of its response. */
export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
export const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** The fields of a valid handshake, without Host. */
export const HANDSHAKE: readonly string[] = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  `Sec-WebSocket-Key: ${KEY}`,
];

/** A handshake as text; `fields` come on top of the valid ones. */
export function handshake(path = "/", fields: readonly string[] = []): string {
  return request(`GET ${path}`, [...HANDSHAKE, ...fields]);
}

/** So many bytes of frames that were taken stay with the client, for tests that look at all that has come. */
const KEPT_BYTES = 64 * 1024;

/** The opcodes of frames that are final and begin a message, or stand alone. */
const WHOLE: readonly number[] = [OPCODE.text, OPCODE.binary, OPCODE.close, OPCODE.ping, OPCODE.pong];

/** A frame that a server sent. */
export interface ServerFrame {
  readonly opcode: number;
  /** Present if the frame is marked as compressed. */
  readonly rsv1?: true;
  readonly payload: Buffer;
}

/** A WebSocket client that sends any bytes, sends nothing by itself, and parses frames strictly. */
export class RawWebSocket {
  readonly client: RawClient;
  readonly response: RawResponse;
  /** The position of the next frame in the received bytes, and the number of its bytes that must arrive before it is parsed. */
  #at = 0;
  #needed = 2;
  /** Bytes that the client received and no longer has: the response to the handshake, and frames of long ago. */
  #before: number;

  private constructor(client: RawClient, response: RawResponse) {
    this.client = client;
    this.response = response;
    this.#before = client.receivedBytes - client.received.length;
  }

  /** Connects and does the handshake; `behind` is sent in the same packet. */
  static async open(
    target: Target | RawClient,
    options: { path?: string; fields?: readonly string[]; behind?: Uint8Array } = {},
  ): Promise<RawWebSocket> {
    const client = "response" in target ? target : connect(target);
    // Small frames must not wait for each other's acknowledgement: tests count turns.
    client.socket.setNoDelay(true);
    const head = Buffer.from(handshake(options.path, options.fields), "latin1");
    client.write(Buffer.concat([head, options.behind ?? Buffer.alloc(0)]));
    const response = await client.response();
    expect(response.status).toBe(101);
    return new RawWebSocket(client, response);
  }

  send(opcode: number, payload: string | Uint8Array = "", options?: FrameOptions): this {
    this.client.write(clientFrame(opcode, payload, options));
    return this;
  }

  text(text: string): this {
    return this.send(OPCODE.text, text);
  }

  close(code: number, reason = ""): this {
    return this.send(OPCODE.close, closePayload(code, reason));
  }

  /** Takes the complete frames. */
  take(): ServerFrame[] {
    const frames: ServerFrame[] = [];
    for (let frame = this.#takeOne(); frame !== null; frame = this.#takeOne()) frames.push(frame);
    return frames;
  }

  /** Waits for `count` frames and takes them. */
  async frames(count: number): Promise<ServerFrame[]> {
    const frames: ServerFrame[] = [];
    const faults: unknown[] = [];
    await until(() => {
      try {
        while (frames.length < count) {
          const frame = this.#takeOne();
          if (frame === null) return this.client.ended || this.client.closed;
          frames.push(frame);
        }
      } catch (error) {
        // More bytes cannot mend a frame that is malformed.
        faults.push(error);
      }
      return true;
    }, `${count} frames`);
    if (faults.length > 0) throw faults[0];
    expect(frames.length, `${count} frames before the end of the connection`).toBe(count);
    return frames;
  }

  async frame(): Promise<ServerFrame> {
    return (await this.frames(1))[0]!;
  }

  /** Waits for `count` text messages and takes them; other frames are a failure. */
  async texts(count: number): Promise<string[]> {
    const frames = await this.frames(count);
    expect(frames.filter(({ opcode }) => opcode !== OPCODE.text)).toEqual([]);
    return frames.map(({ payload }) => payload.toString());
  }

  /** Waits for a Close frame, which must be the next one; 1005 if it is empty. */
  async closing(): Promise<{ code: number; reason: string }> {
    const { opcode, payload } = await this.frame();
    expect(opcode).toBe(OPCODE.close);
    if (payload.length === 0) return { code: 1005, reason: "" };
    return { code: payload.readUInt16BE(0), reason: payload.toString("utf8", 2) };
  }

  #takeOne(): ServerFrame | null {
    // The bytes of a big message are not to be joined for every packet.
    if (this.client.receivedBytes - this.#before - this.#at < this.#needed) return null;
    // Nor are those of frames that were taken, for every later frame.
    if (this.#at > KEPT_BYTES) {
      this.client.take(this.#at);
      this.#before += this.#at;
      this.#at = 0;
    }
    const bytes = this.client.received.subarray(this.#at);
    const opcode = bytes[0]! & 0x0f;
    const short = bytes[1]! & 0x7f;
    const rsv1 = (bytes[0]! & 0x40) !== 0;
    // An assertion costs more than the rest of this, and there are tests with 100,000 frames.
    if ((bytes[0]! & 0xb0) !== 0x80) expect.fail("a frame that is not final, or has reserved bits");
    if (!WHOLE.includes(opcode)) expect.fail(`a final frame of opcode ${opcode}`);
    if (opcode >= OPCODE.close && short > 125) expect.fail("a control frame is too long (RFC 6455 §5.5)");
    if (rsv1 && opcode >= OPCODE.close) expect.fail("a compressed control frame (RFC 7692 §6.1)");
    if (rsv1) expect(this.response.headers["sec-websocket-extensions"]).toContain("permessage-deflate");
    if ((bytes[1]! & 0x80) !== 0) expect.fail("a server must not mask (RFC 6455 §5.1)");
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    this.#needed = head;
    if (bytes.length < head) return null;
    const length =
      short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (length < (short === 126 ? 126 : short === 127 ? 65_536 : 0)) {
      expect.fail("a length is not in the least number of bytes (RFC 6455 §5.2)");
    }
    this.#needed = head + length;
    if (bytes.length < this.#needed) return null;
    this.#at += this.#needed;
    this.#needed = 2;
    const payload = Buffer.from(bytes.subarray(head, head + length));
    return { opcode, payload, ...(rsv1 ? { rsv1 } : {}) };
  }
}
