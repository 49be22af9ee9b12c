import { Buffer } from "node:buffer";
import { type EncodedFrame, type Prepared, type PreparedFrames, prepareMessage } from "@mantou/websocket";
import { asBuffer } from "../fetch/bytes.ts";
import { splitFrames } from "./split-frames.ts";

/** Frames up to this size become text, which is the cheapest to join and to write. */
const TEXT_BYTES = 4096;

/**
 * The messages of one frame of another instance. They have come as clients get them, and go on as they are: framed once in the whole
 * cluster. Only for clients with compression, if their publisher has asked for it, they are taken apart and compressed, once.
 */
export class ReceivedMessages implements PreparedFrames {
  readonly plain: EncodedFrame;
  readonly size: number;
  readonly compress: boolean;
  #messages: readonly Prepared[] | null = null;
  /** By the bits of the window. */
  #frames: Map<number, EncodedFrame> | null = null;

  /** @param isBorrowed the bytes are copied */
  constructor(body: Buffer, compress: boolean, isBorrowed: boolean) {
    this.size = body.length;
    this.plain =
      body.length <= TEXT_BYTES
        ? { head: body.toString("latin1"), payload: null }
        : { head: "", payload: isBorrowed ? Buffer.from(body) : body };
    this.compress = compress;
  }

  frame(windowBits: number): EncodedFrame | null {
    if (!this.compress || windowBits === 0) return this.plain;
    const known = this.#frames?.get(windowBits);
    if (known !== undefined) return known;
    const frames: EncodedFrame[] = [];
    let isPlain = true;
    for (const message of this.#split()) {
      const frame = message.frame(windowBits);
      if (frame === null) return null;
      isPlain &&= frame === message.plain;
      frames.push(frame);
    }
    const joined = isPlain ? this.plain : join(frames);
    this.#frames ??= new Map();
    this.#frames.set(windowBits, joined);
    return joined;
  }

  whenReady(windowBits: number, ready: (frame: EncodedFrame) => void): void {
    let awaited = 1;
    const done = (): void => {
      if (--awaited === 0) ready(this.frame(windowBits)!);
    };
    for (const message of this.#split()) {
      if (message.frame(windowBits) !== null) continue;
      awaited++;
      message.whenReady(windowBits, done);
    }
    done();
  }

  #split(): readonly Prepared[] {
    const { head, payload } = this.plain;
    this.#messages ??= splitFrames(payload === null ? Buffer.from(head, "latin1") : asBuffer(payload)).map(
      (message) => prepareMessage(message.text ? message.payload.toString("utf8") : message.payload, true),
    );
    return this.#messages;
  }
}

function join(frames: readonly EncodedFrame[]): EncodedFrame {
  const pieces: Uint8Array[] = [];
  for (const { head, payload } of frames) {
    pieces.push(Buffer.from(head, "latin1"));
    if (payload !== null) pieces.push(payload);
  }
  return { head: "", payload: Buffer.concat(pieces) };
}
