import { Buffer } from "node:buffer";
import type { Output } from "../../src/events.ts";

/** An Output that keeps what was written, and holds its writer to latin1. */
export class Recorder implements Output {
  #parts: Buffer[] = [];
  /** How many times something was written. */
  writes = 0;

  text(latin1: string): void {
    if (/[^\x00-\xff]/.test(latin1)) throw new Error("text() was given a character that is no byte");
    this.writes++;
    this.#parts.push(Buffer.from(latin1, "latin1"));
  }

  bytes(chunk: Uint8Array): void {
    this.writes++;
    this.#parts.push(Buffer.from(chunk));
  }

  /** Everything so far, one character per byte. */
  get written(): string {
    return Buffer.concat(this.#parts).toString("latin1");
  }

  /** Everything since the last take. */
  take(): string {
    const { written } = this;
    this.#parts = [];
    return written;
  }
}
