/** The fixed response of a server that does not parse its requests: the limit of the transport under it. */

const response =
  "HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=utf-8\r\n" +
  "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 4\r\n\r\nBun!";

/** As many responses as one read of 64 KiB can ask for: a request is at least 18 bytes long. */
const responses: Buffer = Buffer.from(response.repeat(Math.ceil(65_536 / 18)), "latin1");

/**
 * Counts requests by their length alone. The load repeats one request, so the first head of a connection has the length
 * of all; the bytes of a cut request are carried over.
 */
export class FixedResponse {
  #requestLength = 0;
  #carried = 0;
  /** The first request was to be the last one: the connection ends behind its response. */
  closes = false;

  /** The responses to all requests that `bytes` completes, or `undefined` when it completes none. */
  reply(bytes: Buffer): Buffer | undefined {
    if (this.#requestLength === 0) {
      this.#requestLength = bytes.indexOf("\r\n\r\n") + 4;
      this.closes = bytes.includes("\r\nConnection: close\r\n");
    }
    const available = this.#carried + bytes.length;
    const count = Math.floor(available / this.#requestLength);
    this.#carried = available - count * this.#requestLength;
    return count === 0 ? undefined : responses.subarray(0, count * response.length);
  }
}
