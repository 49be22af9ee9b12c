import { Buffer } from "node:buffer";
import { expect } from "vitest";

/** One response as it was on the wire. */
export interface RawResponse {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case; several of one name joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded: without the framing of chunks. */
  readonly body: Buffer;
  readonly text: string;
  /** The framing of the body. */
  readonly framing: "none" | "length" | "chunked" | "close";
}

export interface ReadOptions {
  /** A response to HEAD has no body, whatever its fields say. */
  readonly head?: boolean;
  /** The received bytes are complete. */
  readonly ended: boolean;
}

/**
 * Takes one response off the front of `bytes`. It is stricter than clients: anything unknown is an error.
 * @returns null if it is not complete
 */
export function takeResponse(
  bytes: Buffer,
  { head = false, ended }: ReadOptions,
): { response: RawResponse; rest: Buffer } | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return null;
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const match = /^HTTP\/1\.1 ([1-5][0-9][0-9]) ([\t\x20-\x7e\x80-\xff]*)$/.exec(statusLine);
  if (match === null) throw new Error(`Not a status line: ${JSON.stringify(statusLine)}`);
  const status = Number(match[1]);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const field = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?([\t\x20-\x7e\x80-\xff]*)$/.exec(line);
    if (field === null) throw new Error(`Not a field line: ${JSON.stringify(line)}`);
    const name = field[1]!.toLowerCase();
    const before = headers[name];
    headers[name] = before === undefined ? field[2]! : `${before}, ${field[2]!}`;
  }
  const after = bytes.subarray(headEnd + 4);
  const made = (body: Buffer, framing: RawResponse["framing"], rest: Buffer) => ({
    response: {
      status,
      reason: match[2]!,
      headers,
      body,
      get text() {
        return body.toString();
      },
      framing,
    },
    rest,
  });
  const length = headers["content-length"];
  const coding = headers["transfer-encoding"];
  expect(length === undefined || coding === undefined, "both framings at once").toBe(true);
  if (head || status < 200 || status === 204 || status === 304) return made(Buffer.alloc(0), "none", after);
  if (coding !== undefined) {
    expect(coding).toBe("chunked");
    const chunked = takeChunks(after);
    return chunked && made(chunked.body, "chunked", chunked.rest);
  }
  if (length !== undefined) {
    expect(length).toMatch(/^[0-9]+$/);
    const size = Number(length);
    return after.length < size ? null : made(after.subarray(0, size), "length", after.subarray(size));
  }
  return ended ? made(after, "close", Buffer.alloc(0)) : null;
}

/** How many bytes must be there for another look at a response that is not complete. */
export function leastLength(bytes: Buffer): number {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return bytes.length + 1;
  const length = /\r\nContent-Length: ([0-9]+)\r\n/i.exec(bytes.toString("latin1", 0, headEnd + 2))?.[1];
  return length === undefined ? bytes.length + 1 : headEnd + 4 + Number(length);
}

/** @returns null if the last chunk has not come */
function takeChunks(bytes: Buffer): { body: Buffer; rest: Buffer } | null {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return null;
    const line = bytes.toString("latin1", at, lineEnd);
    if (!/^[0-9a-f]+$/.test(line)) throw new Error(`Not a chunk size: ${JSON.stringify(line)}`);
    const size = Number.parseInt(line, 16);
    const end = lineEnd + 2 + size;
    if (bytes.length < end + 2) return null;
    if (bytes.toString("latin1", end, end + 2) !== "\r\n") throw new Error("No CRLF behind a chunk");
    if (size === 0) return { body: Buffer.concat(pieces), rest: bytes.subarray(end + 2) };
    pieces.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}
