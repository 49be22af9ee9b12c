/**
 * Counts the responses in a stream of bytes by their framing (RFC 9112, section 6.2): the end of a head, then as many
 * bytes as its Content-Length says. Nothing else of a response is looked at but its status.
 */
export class ResponseCounter {
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of the current body still to come. */
  #body = 0;

  /**
   * The number of responses that `bytes` completes.
   *
   * @throws Error for a status other than 200 and for a response without Content-Length.
   */
  receive(bytes: Buffer): number {
    let at = 0;
    let count = 0;
    const data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (at < data.length) {
      if (this.#body > 0) {
        const taken = Math.min(this.#body, data.length - at);
        this.#body -= taken;
        at += taken;
        if (this.#body === 0) count++;
        continue;
      }
      const end = data.indexOf("\r\n\r\n", at);
      if (end < 0) break;
      this.#body = bodyLength(data.toString("latin1", at, end));
      at = end + 4;
      if (this.#body === 0) count++;
    }
    // Copied, since the bytes of a read are only borrowed.
    this.#rest = at < data.length ? Buffer.from(data.subarray(at)) : Buffer.alloc(0);
    return count;
  }
}

function bodyLength(head: string): number {
  if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(`answered by ${head.split("\r\n", 1)[0]}`);
  const match = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (match === null) throw new Error("a response without Content-Length");
  return Number(match[1]);
}
