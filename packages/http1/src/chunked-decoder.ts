import type { Buffer } from "node:buffer";
import { type ExtensionPlace, mayEndAt, nextExtensionPlace } from "./chunk-extensions.ts";
import { ProtocolError } from "./errors.ts";
import { type Fields, noFields } from "./fields.ts";
import { isWhitespace } from "./grammar.ts";
import type { Limits } from "./limits.ts";
import { NOT_FOUND, type ReceiveBuffer } from "./receive-buffer.ts";
import { parseTrailers } from "./trailers.ts";

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;

/** The place of the next byte in the chunked coding (RFC 9112 §7.1). */
type Place =
  /** in the digits of a chunk size, at least one of which is due */
  | "size"
  /** after the digits: bad whitespace before the first extension */
  | "before-extensions"
  | "extensions"
  /** after the CR of a size line */
  | "size-lf"
  | "data"
  | "data-cr"
  | "data-lf"
  /** in the trailer section, which begins right behind the last chunk's size line */
  | "trailers"
  | "done";

/** Decodes the chunked coding, with a view for each stretch of chunk data, and enforces its limits. */
export class ChunkedDecoder {
  readonly #limits: Readonly<Limits>;
  #place: Place = "size";
  /** The rest of the chunk; while its size line is read, its size so far. */
  #remaining = 0;
  #digits = 0;
  #extensionPlace: ExtensionPlace = "before-name";
  #extensions = 0;
  #extensionBytes = 0;
  #bodyBytes = 0;
  #trailerLine = "";
  #trailerBlock = "";
  #trailerBytes = 0;
  trailers: Fields = noFields;

  constructor(limits: Readonly<Limits>) {
    this.#limits = limits;
  }

  get done(): boolean {
    return this.#place === "done";
  }

  /** @returns the next stretch of data, or null if the body is done or more bytes are needed */
  decode(buffer: ReceiveBuffer): Buffer | null {
    while (buffer.length > 0 && this.#place !== "done") {
      if (this.#place === "data") return this.#takeData(buffer);
      if (this.#place === "trailers") this.#readTrailerLine(buffer);
      else this.#step(buffer);
    }
    return null;
  }

  #takeData(buffer: ReceiveBuffer): Buffer {
    const count = Math.min(this.#remaining, buffer.length);
    this.#remaining -= count;
    if (this.#remaining === 0) this.#place = "data-cr";
    return buffer.take(count);
  }

  #step(buffer: ReceiveBuffer): void {
    const byte = buffer.byteAt(0);
    buffer.skip(1);
    switch (this.#place) {
      case "size":
        this.#readSize(byte);
        break;
      case "before-extensions":
        this.#beginExtensions(byte);
        break;
      case "extensions":
        this.#readExtensions(byte);
        break;
      case "size-lf":
        if (byte !== LF) throw new ProtocolError("CHUNK_SIZE_INVALID");
        this.#beginChunk();
        break;
      case "data-cr":
        if (byte !== CR) throw new ProtocolError("CHUNK_DATA_UNTERMINATED");
        this.#place = "data-lf";
        break;
      case "data-lf":
        if (byte !== LF) throw new ProtocolError("CHUNK_DATA_UNTERMINATED");
        this.#place = "size";
    }
  }

  #readSize(byte: number): void {
    const digit = hexValue(byte);
    if (digit !== null) {
      // 16 digits hold any 64-bit size with its leading zeros; more are an attempt at an overflow.
      if (++this.#digits > 16) throw new ProtocolError("CHUNK_SIZE_TOO_LARGE");
      this.#remaining = this.#remaining * 16 + digit;
      if (!Number.isSafeInteger(this.#remaining)) throw new ProtocolError("CHUNK_SIZE_TOO_LARGE");
      return;
    }
    if (this.#digits === 0) throw new ProtocolError("CHUNK_SIZE_INVALID");
    if (byte === CR) {
      this.#place = "size-lf";
      return;
    }
    this.#beginExtensions(byte);
  }

  /** Behind the digits, or whitespace behind them, only a semicolon begins extensions. */
  #beginExtensions(byte: number): void {
    if (byte === SEMICOLON) {
      this.#place = "extensions";
      this.#beginExtension();
    } else if (isWhitespace(byte)) this.#place = "before-extensions";
    else throw new ProtocolError("CHUNK_SIZE_INVALID");
    this.#countExtensionByte();
  }

  #readExtensions(byte: number): void {
    if (byte === CR && mayEndAt(this.#extensionPlace)) {
      this.#place = "size-lf";
      return;
    }
    const next = nextExtensionPlace(this.#extensionPlace, byte);
    if (next === null) throw new ProtocolError("CHUNK_EXTENSION_INVALID");
    if (byte === SEMICOLON && next === "before-name") this.#beginExtension();
    this.#extensionPlace = next;
    this.#countExtensionByte();
  }

  #beginExtension(): void {
    this.#extensionPlace = "before-name";
    if (++this.#extensions > this.#limits.chunkExtensions)
      throw new ProtocolError("CHUNK_EXTENSIONS_TOO_LARGE");
  }

  /** Every byte between the digits and the CR counts. */
  #countExtensionByte(): void {
    if (++this.#extensionBytes > this.#limits.chunkExtensionBytes) {
      throw new ProtocolError("CHUNK_EXTENSIONS_TOO_LARGE");
    }
  }

  #beginChunk(): void {
    this.#digits = 0;
    this.#bodyBytes += this.#remaining;
    if (this.#bodyBytes > this.#limits.bodyBytes) throw new ProtocolError("BODY_TOO_LARGE");
    this.#place = this.#remaining === 0 ? "trailers" : "data";
  }

  /** Reads to the end of a line, which may come in pieces. An empty line is the end of the body. */
  #readTrailerLine(buffer: ReceiveBuffer): void {
    const lf = buffer.indexOfLF(0, buffer.length);
    const count = lf === NOT_FOUND ? buffer.length : lf + 1;
    this.#trailerBytes += count;
    // The CRLF that ends the section is not part of it.
    if (this.#trailerBytes > this.#limits.trailerBytes + 2) throw new ProtocolError("TRAILERS_TOO_LARGE");
    this.#trailerLine += buffer.takeText(count);
    if (lf === NOT_FOUND) return;
    if (!this.#trailerLine.endsWith("\r\n")) throw new ProtocolError("BARE_LF");
    if (this.#trailerLine === "\r\n") {
      this.#place = "done";
      if (this.#trailerBlock !== "") this.trailers = parseTrailers(this.#trailerBlock, this.#limits);
      return;
    }
    this.#trailerBlock += this.#trailerLine;
    this.#trailerLine = "";
  }
}

function hexValue(byte: number): number | null {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : null;
}
