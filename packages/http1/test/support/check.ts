import { Buffer } from "node:buffer";
import { expect } from "vitest";
import { byteByByte, type ExpectedRequest, latin1 } from "../../src/arbitraries/index.ts";
import type { ErrorCode } from "../../src/errors.ts";
import { drive, type ReceivedMessage, type Transcript } from "./drive.ts";
import type { DriveOptions } from "./drive-options.ts";

export const NEXT_REQUEST: Uint8Array = latin1("GET /next HTTP/1.1\r\nHost: next\r\n\r\n");

/** Up to this length, bytes are tried cut in two at every place; longer ones at this many places. */
const PLACES = 64;

export function bytesOf(bytes: string | Uint8Array): Uint8Array {
  return typeof bytes === "string" ? latin1(bytes) : bytes;
}

/** Every way in which a test's bytes are given to a connection: whole, byte by byte, and in two pieces. */
export function* splits(bytes: Uint8Array): Generator<Uint8Array[]> {
  yield [bytes];
  yield byteByByte(bytes);
  const step = Math.max(1, Math.floor(bytes.length / PLACES));
  for (let at = 1; at < bytes.length; at += step) yield [bytes.subarray(0, at), bytes.subarray(at)];
}

/** Drives a connection with the bytes in every split and checks that it makes no difference. */
export function driveAllWays(bytes: string | Uint8Array, options: DriveOptions = {}): Transcript {
  const all = bytesOf(bytes);
  const whole = drive([all], options);
  for (const pieces of splits(all)) expect(drive(pieces, options)).toEqual(whole);
  return whole;
}

/** The bytes are refused with `code`, cut anyhow, and nothing behind them is looked at. */
export function expectRejected(
  bytes: string | Uint8Array,
  code: ErrorCode,
  options: DriveOptions = {},
): Transcript {
  const all = bytesOf(bytes);
  const transcript = driveAllWays(all, options);
  expect(transcript.code).toBe(code);
  expect(transcript.closed).toBe(false);
  if (options.end !== true)
    expect(driveAllWays(Buffer.concat([all, NEXT_REQUEST]), options)).toEqual(transcript);
  return transcript;
}

/** The bytes are complete requests, cut anyhow, whatever follows them. */
export function expectAccepted(
  bytes: string | Uint8Array,
  options: DriveOptions = {},
): readonly ReceivedMessage[] {
  const all = bytesOf(bytes);
  const { messages, code } = driveAllWays(all, options);
  expect(code).toBe(null);
  expect(messages.every(({ complete }) => complete)).toBe(true);
  const persists = messages.at(-1)!.head.keepAlive;
  const more = driveAllWays(Buffer.concat([all, NEXT_REQUEST]), options);
  expect(more.code).toBe(null);
  expect(more.messages.slice(0, messages.length)).toEqual(messages);
  expect(more.messages.slice(messages.length).map(({ head }) => head.target)).toEqual(
    persists ? ["/next"] : [],
  );
  return messages;
}

/** The events of a connection for a generated request. */
export function received(expected: ExpectedRequest): ReceivedMessage {
  const { content, trailers, ...head } = expected;
  return { head, content: Buffer.from(content), trailers, complete: true };
}
