/** UUIDs of RFC 9562. */
import type { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import { argumentError, outOfRange, wrongType, wrongValue } from "../base/argument-error.ts";
import { type BytesInput, bufferInOwnMemory, bytesOf } from "../base/bytes.ts";

/** The form of the result. */
type UUIDEncoding = "hex" | "base64" | "base64url" | "buffer";

const MAX_TIMESTAMP = 2 ** 48 - 1;
const MAX_COUNTER = 0xfff;

/** What the last UUID has had. */
interface Last {
  /** Its time: a later one than was asked for if the counter had run out. */
  time: number;
  counter: number;
}

/** Those for now, and those for a given time, do not know of each other. */
const lastNow: Last = { time: -1, counter: 0 };
/** `asked` is the time that was given. */
const lastGiven = { asked: -1, time: -1, counter: 0 };

/**
 * A UUID that sorts by its time (RFC 9562 §5.7). Those of one millisecond sort by a counter (§6.2, method 1).
 * @param timestamp milliseconds since the epoch
 */
export function randomUUIDv7(encoding: "buffer", timestamp?: number | Date): Buffer;
export function randomUUIDv7(encoding?: Exclude<UUIDEncoding, "buffer">, timestamp?: number | Date): string;
export function randomUUIDv7(timestamp: number | Date): string;
export function randomUUIDv7(
  first: UUIDEncoding | number | Date = "hex",
  second?: number | Date,
): string | Buffer {
  const encoding = typeof first === "string" ? first : "hex";
  const timestamp = typeof first === "string" || second !== undefined ? second : first;
  checkEncoding(encoding);
  const bytes = randomBytes(16);
  // The first half of its range, so that there is room to count.
  const start = bytes.readUInt16BE(6) & (MAX_COUNTER >> 1);
  const { time, counter } =
    timestamp === undefined ? nextNow(Date.now(), start) : nextGiven(checkedTime(timestamp), start);
  bytes.writeUIntBE(time, 0, 6);
  bytes.writeUInt16BE(counter, 6);
  return encoded(bytes, 7, encoding);
}

/** A clock that was set back does not count: UUIDs would sort in front of earlier ones. */
function nextNow(now: number, start: number): Last {
  if (now > lastNow.time) return Object.assign(lastNow, { time: now, counter: start });
  return countUp(lastNow, start);
}

function nextGiven(time: number, start: number): Last {
  if (time !== lastGiven.asked) return Object.assign(lastGiven, { asked: time, time, counter: start });
  return countUp(lastGiven, start);
}

function countUp(last: Last, start: number): Last {
  if (last.counter < MAX_COUNTER) last.counter++;
  else {
    last.time = Math.min(last.time + 1, MAX_TIMESTAMP);
    last.counter = start;
  }
  return last;
}

function checkedTime(timestamp: number | Date): number {
  // `null` of a database would be the year 1970.
  if (typeof timestamp !== "number" && !(timestamp instanceof Date))
    throw wrongType(`timestamp must be a number or a Date, and not ${String(timestamp)}`);
  const time = Math.trunc(Number(timestamp));
  if (time >= 0 && time <= MAX_TIMESTAMP) return time;
  throw outOfRange(`timestamp must be a number from 0 to ${MAX_TIMESTAMP}, not ${String(timestamp)}`);
}

const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ["dns", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
  ["url", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"],
  ["oid", "6ba7b812-9dad-11d1-80b4-00c04fd430c8"],
  ["x500", "6ba7b814-9dad-11d1-80b4-00c04fd430c8"],
]);

/**
 * The UUID of a name in a namespace (RFC 9562 §5.5).
 * @param namespace `dns`, `url`, `oid`, `x500`, a UUID, or its 16 bytes
 */
export function randomUUIDv5(name: BytesInput, namespace: BytesInput, encoding: "buffer"): Buffer;
export function randomUUIDv5(
  name: BytesInput,
  namespace: BytesInput,
  encoding?: Exclude<UUIDEncoding, "buffer">,
): string;
export function randomUUIDv5(
  name: BytesInput,
  namespace: BytesInput,
  encoding: UUIDEncoding = "hex",
): string | Buffer {
  checkEncoding(encoding);
  const hash = createHash("sha1").update(namespaceBytes(namespace)).update(bytesOf(name, "name"));
  return encoded(bufferInOwnMemory(hash.digest().subarray(0, 16)), 5, encoding);
}

function namespaceBytes(given: BytesInput): Uint8Array {
  if (typeof given !== "string") {
    const bytes = bytesOf(given, "namespace");
    if (bytes.length === 16) return bytes;
    throw wrongValue("namespace must have 16 bytes");
  }
  const uuid = NAMESPACES.get(given.toLowerCase()) ?? given;
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid))
    throw wrongValue(`namespace must be a UUID, dns, url, oid or x500, not ${JSON.stringify(given)}`);
  return Uint8Array.from(uuid.replaceAll("-", "").match(/../g)!, (byte) => Number.parseInt(byte, 16));
}

function checkEncoding(encoding: UUIDEncoding): void {
  if (["hex", "base64", "base64url", "buffer"].includes(encoding)) return;
  throw argumentError("The encoding is base64, base64url, hex or buffer", "ERR_UNKNOWN_ENCODING");
}

/** Sets the version and the variant, and encodes. */
function encoded(bytes: Buffer, version: number, encoding: UUIDEncoding): string | Buffer {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  if (encoding === "buffer") return bytes;
  if (encoding !== "hex") return bytes.toString(encoding);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
