/**
 * `Bun.CSRF` (docs/runtime/csrf). A token is the time of its making and the time that it lasts, in milliseconds of 8 bytes each, with 16
 * random bytes between; behind them is their HMAC, which covers a session's name, too. Bun's tokens are the same.
 */
import { Buffer } from "node:buffer";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { wrongType } from "../../base/argument-error.ts";
import { milliseconds } from "../../base/invalid-argument.ts";
import { type Algorithm, findAlgorithm, sizeOf, startHmac } from "./algorithms.ts";

const ALGORITHMS = ["blake2b256", "blake2b512", "sha256", "sha384", "sha512", "sha512-256"] as const;
const ENCODINGS = ["base64", "base64url", "hex"] as const;

interface CSRFOptions {
  /** The default is `base64url`. */
  readonly encoding?: (typeof ENCODINGS)[number];
  /** The default is `sha256`. */
  readonly algorithm?: (typeof ALGORITHMS)[number];
  /** The session or user that the token is for. */
  readonly sessionId?: string;
}

export interface CSRFGenerateOptions extends CSRFOptions {
  /** Milliseconds, 24 hours by default; 0 for no end. */
  readonly expiresIn?: number;
}

export interface CSRFVerifyOptions extends CSRFOptions {
  readonly secret?: string;
  /** Milliseconds since the token was made, 24 hours by default; 0 for no limit. */
  readonly maxAge?: number;
}

const DAY = 24 * 60 * 60 * 1000;
const NONCE_BYTES = 16;
const PAYLOAD_BYTES = 8 + NONCE_BYTES + 8;

/** Of this thread, made at the first use without a secret. */
let ownSecret: string | undefined;

/**
 * A token for forms.
 * @param secret by default one of this thread, made at random
 * @throws TypeError for an option of another type; RangeError for a time out of range
 */
function generate(...[secret, options]: [secret?: string, options?: CSRFGenerateOptions | null]): string {
  const key = secret === undefined ? undefined : nonEmpty(text(secret, "secret"), "Secret");
  const { time, encoding, algorithm, sessionId } = read(options, "CSRFGenerateOptions", "expiresIn");
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  payload.writeBigUInt64BE(BigInt(Date.now()), 0);
  randomBytes(NONCE_BYTES).copy(payload, 8);
  payload.writeBigUInt64BE(BigInt(time), 8 + NONCE_BYTES);
  return Buffer.concat([payload, sign(payload, key, algorithm, sessionId)]).toString(encoding);
}

/**
 * Whether a token has been made with this secret, for this session, and lasts still.
 * @throws TypeError for an option of another type; RangeError for a time out of range
 */
function verify(token: string, ...[options]: [options?: CSRFVerifyOptions | null]): boolean {
  nonEmpty(text(token, "token"), "Token");
  const { secret } = options ?? {};
  const key =
    secret === undefined || secret === null
      ? undefined
      : nonEmpty(text(secret, "CSRFVerifyOptions.secret"), "Secret");
  const { time: maxAge, encoding, algorithm, sessionId } = read(options, "CSRFVerifyOptions", "maxAge");
  const bytes = decode(String(token), encoding);
  if (bytes?.length !== PAYLOAD_BYTES + sizeOf(algorithm)) return false;
  const payload = bytes.subarray(0, PAYLOAD_BYTES);
  if (!timingSafeEqual(bytes.subarray(PAYLOAD_BYTES), sign(payload, key, algorithm, sessionId))) return false;
  const age = BigInt(Date.now()) - payload.readBigUInt64BE(0);
  const lasts = payload.readBigUInt64BE(8 + NONCE_BYTES);
  return (lasts === 0n || age <= lasts) && (maxAge === 0 || age <= maxAge);
}

export const CSRF: { readonly generate: typeof generate; readonly verify: typeof verify } = {
  generate,
  verify,
};

function sign(payload: Buffer, key: string | undefined, algorithm: Algorithm, sessionId: string): Buffer {
  ownSecret ??= randomBytes(32).toString("hex");
  const hmac = startHmac(algorithm, Buffer.from(key ?? ownSecret));
  hmac.update(payload);
  hmac.update(Buffer.from(sessionId));
  return hmac.digest();
}

/** @returns null for text that is not of the encoding. `Buffer` reads both alphabets of Base64, as Bun does */
function decode(token: string, encoding: BufferEncoding): Buffer | null {
  if (encoding === "hex" && !/^(?:[0-9a-f]{2})+$/i.test(token)) return null;
  return Buffer.from(token, encoding);
}

function read(
  given: (CSRFGenerateOptions & CSRFVerifyOptions) | null | undefined,
  owner: string,
  timeName: "expiresIn" | "maxAge",
): { time: number; encoding: BufferEncoding; algorithm: Algorithm; sessionId: string } {
  const options = typeof given === "object" && given !== null ? given : {};
  const { encoding = "base64url", algorithm = "sha256", sessionId } = options;
  const { [timeName]: time = DAY } = options;
  const format = String(encoding).toLowerCase();
  if (!(ENCODINGS as readonly string[]).includes(format))
    throw wrongType("Invalid format: must be 'base64', 'base64url', or 'hex'");
  const found = findAlgorithm(text(algorithm, `${owner}.algorithm`));
  if (found === null || !(ALGORITHMS as readonly string[]).includes(found))
    throw wrongType("Algorithm not supported");
  const session =
    sessionId === undefined || sessionId === null
      ? ""
      : nonEmpty(text(sessionId, `${owner}.sessionId`), "sessionId");
  return {
    time: milliseconds(`${owner}.${timeName}`, time),
    encoding: format as BufferEncoding,
    algorithm: found,
    sessionId: session,
  };
}

function text(value: unknown, name: string): string {
  if (typeof value === "string" || value instanceof String) return String(value);
  throw wrongType(`${name} must be a string`);
}

function nonEmpty(value: string, name: string): string {
  if (value === "") throw wrongType(`${name} must be a non-empty string`);
  return value;
}
