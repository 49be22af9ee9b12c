import { Buffer } from "node:buffer";

/** A response as it came. */
export interface HttpResponse {
  readonly status: string;
  readonly headers: [name: string, value: string][];
  readonly body: Buffer;
  /** The framing of its end. */
  readonly framing: "none" | "length" | "chunked" | "close" | "cut";
}

/**
 * Takes a response off the front of `bytes`. Whatever looks like one is taken; what is odd about it shows in the record.
 * @returns null if it is not complete
 */
export function takeResponse(
  bytes: Buffer,
  toHead: boolean,
  ended: boolean,
): { response: HttpResponse; rest: Buffer } | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return null;
  const [status = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const field = (name: string) => headers.find(([other]) => other.toLowerCase() === name)?.[1];
  const after = bytes.subarray(headEnd + 4);
  const made = (body: Buffer, framing: HttpResponse["framing"], size = body.length) => ({
    response: { status, headers, body, framing },
    rest: after.subarray(size),
  });
  const code = Number(status.split(" ")[1]);
  if (toHead || code < 200 || code === 204 || code === 304) return made(Buffer.alloc(0), "none");
  if (field("transfer-encoding") === "chunked") {
    const { body, size } = takeChunks(after);
    if (size >= 0) return made(body, "chunked", size);
    return ended ? made(body, "cut", after.length) : null;
  }
  const length = field("content-length");
  if (length !== undefined) {
    const size = Number(length);
    if (after.length >= size) return made(after.subarray(0, size), "length");
    return ended ? made(after, "cut") : null;
  }
  return ended ? made(after, "close") : null;
}

/** @returns a negative size if the last chunk has not come */
function takeChunks(bytes: Buffer): { body: Buffer; size: number } {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = lineEnd < 0 ? -1 : Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const end = lineEnd + 2 + size;
    if (!(size >= 0) || bytes.length < end + 2) return { body: Buffer.concat(pieces), size: -1 };
    if (size === 0) return { body: Buffer.concat(pieces), size: end + 2 };
    pieces.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}
