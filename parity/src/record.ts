import type { Buffer } from "node:buffer";
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { OPCODE } from "@mantou/testing/websocket-frames";
import type { ServerFrame } from "./frames.ts";
import type { HttpResponse } from "./http-response.ts";

/** What a scenario's client saw and its server noted, as JSON: the part that must be the same everywhere. */
export interface Recording {
  readonly wire: Record<string, unknown>[];
  readonly notes: unknown[];
}

/** Longer bodies are recorded by their hash. */
const SHOWN_BYTES = 400;

/** Values that differ each time or between servers: the record has only that they exist. */
const OPAQUE_TAG = /^(W\/)?"[0-9a-f][0-9a-f-]{5,}"$/;

export function recordResponse({ status, headers, body, framing }: HttpResponse): Record<string, unknown> {
  return {
    status,
    headers: recordHeaders(headers, status.startsWith("HTTP/1.1 1")),
    ...(framing === "none" ? {} : { framing, body: recordBytes(body) }),
  };
}

/**
 * By name, in lower case, since neither case nor order has a meaning (RFC 9110 §5.1, §5.3). Fields of one name are
 * joined, but for Set-Cookie. `Date` must exist, with any value; it is optional in an interim response (§6.6.1).
 */
function recordHeaders(headers: HttpResponse["headers"], interim: boolean): string[] {
  const joined = new Map<string, string>();
  const cookies: string[] = [];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    const before = joined.get(lower);
    if (lower === "set-cookie") cookies.push(`${lower}: ${value}`);
    else if (lower !== "date" || !interim) {
      joined.set(lower, before === undefined ? recordValue(lower, value) : `${before}, ${value}`);
    }
  }
  return [...cookies, ...[...joined].map(([name, value]) => `${name}: ${value}`)].sort(byName);
}

function byName(a: string, b: string): number {
  const [x, y] = [a.slice(0, a.indexOf(":")), b.slice(0, b.indexOf(":"))];
  return x < y ? -1 : x > y ? 1 : 0;
}

function recordValue(name: string, value: string): string {
  if (name === "date") return "now";
  if (name === "etag" && OPAQUE_TAG.test(value)) return value.replace(/".*"/, '"…"');
  // Names of character sets have no case (RFC 9110 §8.3.2).
  if (name === "content-type") return value.replace(/charset=utf-8/i, "charset=utf-8");
  return value;
}

/** Close codes of a connection that fails: each server gives the reason in its own words. */
const FAILURES: ReadonlySet<number> = new Set([1002, 1007, 1009]);

export function recordFrame({ first, payload }: ServerFrame): Record<string, unknown> {
  const opcode = first & 0x0f;
  const type = Object.entries(OPCODE).find(([, code]) => code === opcode)?.[0] ?? `opcode ${opcode}`;
  const bits = {
    ...(first & 0x80 ? {} : { fin: false }),
    ...(first & 0x70 ? { rsv: (first >> 4) & 7 } : {}),
  };
  if (opcode !== OPCODE.close || payload.length < 2)
    return { frame: type, ...bits, payload: recordBytes(payload) };
  const code = payload.readUInt16BE(0);
  const reason = payload.toString("utf8", 2);
  return { frame: type, ...bits, code, reason: FAILURES.has(code) && reason !== "" ? "…" : reason };
}

/** Readable if the bytes are text, and exact in any case. */
export function recordBytes(bytes: Buffer): string {
  if (bytes.length > SHOWN_BYTES) {
    return `${bytes.length} bytes, sha256 ${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}`;
  }
  return isUtf8(bytes) ? bytes.toString() : `hex ${bytes.toString("hex")}`;
}

/** Replaces what differs from run to run: the port, and the folder of the files. */
export function normalise(recording: Recording, port: number | null, folder: string): Recording {
  let text = JSON.stringify(recording).replaceAll(folder, "FOLDER");
  if (port !== null) text = text.replace(new RegExp(`\\b${port}\\b`, "g"), "PORT");
  return JSON.parse(text) as Recording;
}
