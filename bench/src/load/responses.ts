/**
 * Counts the responses in a stream of bytes by their framing (RFC 9112, section 6): the end of a head, then as many bytes as its
 * Content-Length says, or chunks. Nothing else of a response is looked at but its status.
 */
export class ResponseCounter {
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of the current body, or chunk with the line break behind it, still to come. */
  #toCome = 0;
  /** What comes behind those bytes. */
  #next: "head" | "chunk" | "trailers" = "head";
  #contentBytes = 0;

  /** Bytes of content so far, chunks with their line breaks. */
  get contentBytes(): number {
    return this.#contentBytes;
  }

  /**
   * The number of responses that `bytes` completes.
   *
   * @throws Error for a status other than 200 and for a response that only the connection's end would end.
   */
  receive(bytes: Buffer): number {
    let at = 0;
    let count = 0;
    const data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (at < data.length) {
      if (this.#toCome > 0) {
        const taken = Math.min(this.#toCome, data.length - at);
        this.#toCome -= taken;
        this.#contentBytes += taken;
        at += taken;
        if (this.#toCome === 0 && this.#next === "head") count++;
        continue;
      }
      const separator = this.#next === "head" ? "\r\n\r\n" : "\r\n";
      const end = data.indexOf(separator, at);
      if (end < 0) break;
      if (this.#line(data.toString("latin1", at, end))) count++;
      at = end + separator.length;
    }
    // Copied, since the bytes of a read are only borrowed.
    this.#rest = at < data.length ? Buffer.from(data.subarray(at)) : Buffer.alloc(0);
    return count;
  }

  /** Takes a head, a chunk's first line or one of the trailer section. @returns whether it is the end of a response */
  #line(text: string): boolean {
    if (this.#next === "head") {
      const length = bodyLength(text);
      if (length === "chunked") this.#next = "chunk";
      else this.#toCome = length;
      return length === 0;
    }
    if (this.#next === "chunk") {
      if (!/^[\da-f]+ *(;|$)/i.test(text)) throw new Error(`a chunk begins with "${text}"`);
      const size = Number.parseInt(text, 16);
      if (size === 0) this.#next = "trailers";
      else this.#toCome = size + 2;
      return false;
    }
    if (text !== "") return false;
    this.#next = "head";
    return true;
  }
}

function bodyLength(head: string): number | "chunked" {
  if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(`the response is ${head.split("\r\n", 1)[0]}`);
  if (/\r\ntransfer-encoding: *chunked(\r\n|$)/i.test(head)) return "chunked";
  const match = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (match === null) throw new Error("a response without Content-Length");
  return Number(match[1]);
}
