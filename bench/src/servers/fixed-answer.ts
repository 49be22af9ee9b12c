/** What a server answers that does not read what it is asked: the limit of the transport under it. */

const answer =
  "HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=utf-8\r\n" +
  "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 4\r\n\r\nBun!";

/** As many answers as one read of 64 KiB can ask for: a request is at least 18 bytes long. */
const answers: Buffer = Buffer.from(answer.repeat(Math.ceil(65_536 / 18)), "latin1");

/**
 * Counts requests by their length alone. The load sends one request over and over, so the first head that a connection
 * shows tells the length of them all; a cut in the middle of one is carried over.
 */
export class FixedAnswer {
  #requestLength = 0;
  #carried = 0;

  /** The answers to all requests that `bytes` completes, or `undefined` when it completes none. */
  reply(bytes: Buffer): Buffer | undefined {
    if (this.#requestLength === 0) this.#requestLength = bytes.indexOf("\r\n\r\n") + 4;
    const available = this.#carried + bytes.length;
    const count = Math.floor(available / this.#requestLength);
    this.#carried = available - count * this.#requestLength;
    return count === 0 ? undefined : answers.subarray(0, count * answer.length);
  }
}
