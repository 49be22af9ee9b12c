/** `Bun.password`: argon2 (RFC 9106) in PHC's strings, and bcrypt in those of OpenBSD. Bun verifies what is made here, and the other way round. */
import { Buffer } from "node:buffer";
import crypto, { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { type BytesInput, bytesOf, invalid } from "./bytes.ts";
import { type Argon2Job, type Job, runJob, runJobSync } from "./password-jobs.ts";

const ALGORITHMS = ["bcrypt", "argon2id", "argon2d", "argon2i"] as const;
type Algorithm = (typeof ALGORITHMS)[number];

/** The options of `hash`. */
export type PasswordOptions =
  | { algorithm: "bcrypt" /** From 4 to 31; the default is 10. */; cost?: number }
  | {
      algorithm: "argon2id" | "argon2d" | "argon2i";
      /** KiB, from 8 on; the default is 65,536. */
      memoryCost?: number;
      /** From 1 on; the default is 2. */
      timeCost?: number;
    };

/** A string of a hash, in its parts. */
type Parsed = { readonly job: (password: Uint8Array) => Job; readonly due: Buffer };

/** bcrypt takes so many bytes. As in Bun, a longer password is hashed by SHA-512 first. */
const BCRYPT_BYTES = 72;
const SALT_BYTES = 32;
const HASH_BYTES = 32;
const ARGON2 =
  /^\$(argon2(?:id|i|d))\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,8})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const BCRYPT = /^\$2[abxy]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;

/** The functions of Node.js 24.7 and later, which the types of older lines lack. */
type NativeArgon2 = (
  algorithm: string,
  options: object,
  done: (error: Error | null, hash: Buffer) => void,
) => void;
type NativeArgon2Sync = (algorithm: string, options: object) => Buffer;

function hash(password: BytesInput, options?: Algorithm | PasswordOptions): Promise<string> {
  const { job, format } = newHash(password, options);
  return compute(job).then(format);
}

function hashSync(password: BytesInput, options?: Algorithm | PasswordOptions): string {
  const { job, format } = newHash(password, options);
  return format(computeSync(job));
}

function verify(password: BytesInput, given: BytesInput, algorithm?: Algorithm): Promise<boolean> {
  checkVerify(password, given, algorithm);
  const [secret, text] = [toBytes(password), bytesOf(given, "hash").toString()];
  if (secret.length === 0 || text === "") return Promise.resolve(false);
  const parsed = parse(text, algorithm);
  if (parsed === null) return Promise.resolve(false);
  if (parsed instanceof Error) return Promise.reject(parsed);
  return compute(parsed.job(secret)).then((made) => isSame(made, parsed.due));
}

function verifySync(password: BytesInput, given: BytesInput, algorithm?: Algorithm): boolean {
  checkVerify(password, given, algorithm);
  const [secret, text] = [toBytes(password), bytesOf(given, "hash").toString()];
  if (secret.length === 0 || text === "") return false;
  const parsed = parse(text, algorithm);
  if (parsed === null) return false;
  if (parsed instanceof Error) throw parsed;
  return isSame(computeSync(parsed.job(secret)), parsed.due);
}

/** Hashes passwords, and compares a password with a hash. */
export const password: {
  readonly hash: typeof hash;
  readonly hashSync: typeof hashSync;
  readonly verify: typeof verify;
  readonly verifySync: typeof verifySync;
} = { hash, hashSync, verify, verifySync };

/** @throws TypeError for an empty password, or an option out of its range */
function newHash(given: BytesInput, options?: Algorithm | PasswordOptions | null) {
  if (given === undefined || given === null) throw invalid("password must be a string or bytes");
  const settings = readOptions(options);
  const secret = toBytes(given);
  if (secret.length === 0) throw invalid("password must not be empty");
  if (settings.algorithm === "bcrypt") {
    const job: Job = {
      kind: "bcrypt",
      password: forBcrypt(secret),
      salt: randomBytes(16),
      cost: settings.cost,
    };
    return { job, format: (made: string | Uint8Array) => String(made).replace(/^\$2.\$/, "$2b$") };
  }
  const { algorithm, memoryCost, timeCost } = settings;
  const salt = randomBytes(SALT_BYTES);
  const job: Job = {
    kind: algorithm,
    password: secret,
    salt,
    memoryCost,
    timeCost,
    parallelism: 1,
    length: HASH_BYTES,
  };
  const head = `$${algorithm}$v=19$m=${memoryCost},t=${timeCost},p=1$${base64(salt)}$`;
  return { job, format: (made: string | Uint8Array) => head + base64(made as Uint8Array) };
}

function readOptions(options: Algorithm | PasswordOptions | null | undefined) {
  if (options !== undefined && options !== null && typeof options !== "string" && typeof options !== "object")
    throw invalid("The options of hash() must be an object, or the name of an algorithm");
  const given = typeof options === "object" ? options : { algorithm: options };
  if (options && typeof given?.algorithm !== "string") throw invalid("algorithm must be a string");
  const {
    algorithm = "argon2id",
    cost,
    memoryCost,
    timeCost,
  } = (given ?? {}) as {
    algorithm?: Algorithm;
    cost?: number;
    memoryCost?: number;
    timeCost?: number;
  };
  checkAlgorithm(algorithm);
  return {
    algorithm,
    cost: integer(cost, "cost", 10, 4, 31),
    memoryCost: integer(memoryCost, "memoryCost", 65_536, 8, 2 ** 32 - 1),
    timeCost: integer(timeCost, "timeCost", 2, 1, 2 ** 32 - 1),
  };
}

function integer(value: unknown, name: string, fallback: number, minimum: number, maximum: number): number {
  if (value === undefined || value === null) return fallback;
  if (Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum)
    return value as number;
  throw invalid(`${name} must be an integer from ${minimum} to ${maximum}, not ${String(value)}`);
}

function checkAlgorithm(algorithm: string): void {
  if (!(ALGORITHMS as readonly string[]).includes(algorithm))
    throw invalid(`algorithm must be one of ${ALGORITHMS.join(", ")}, not ${JSON.stringify(algorithm)}`);
}

function checkVerify(given: unknown, text: unknown, algorithm: Algorithm | undefined): void {
  if (given === undefined || given === null) throw invalid("password must be a string or bytes");
  if (text === undefined || text === null) throw invalid("hash must be a string or bytes");
  if (algorithm !== undefined) checkAlgorithm(algorithm);
}

/** @returns null if no password has this hash by the algorithm; an Error, as `verify` rejects with it, for text that is no hash */
function parse(text: string, algorithm: Algorithm | undefined): Parsed | Error | null {
  if (text.startsWith("$2")) {
    const match = algorithm === undefined || algorithm === "bcrypt" ? BCRYPT.exec(text) : null;
    const [, digits, salt, due] = match ?? [];
    const cost = Number(digits);
    if (!(cost >= 4 && cost <= 31)) return failure("INVALID_ENCODING");
    return {
      job: (secret) => ({
        kind: "bcrypt",
        password: forBcrypt(secret),
        salt: bcryptBytes(salt!).subarray(0, 16),
        cost,
      }),
      due: Buffer.from(due!),
    };
  }
  if (!text.startsWith("$argon2")) return failure("UNSUPPORTED_ALGORITHM");
  if (algorithm === "bcrypt") return null;
  const [, kind, memoryCost, timeCost, parallelism, salt, due] = ARGON2.exec(text) ?? [];
  if (kind === undefined) return failure("INVALID_ENCODING");
  if (Number(timeCost) === 0 || Number(parallelism) === 0) return failure("INVALID_ENCODING");
  // RFC 9106 §3.1: no such hash can have been made.
  if (Number(memoryCost) < 8 * Number(parallelism)) return null;
  const hashed = Buffer.from(due!, "base64");
  const saltBytes = Buffer.from(salt!, "base64");
  if (hashed.length !== HASH_BYTES || saltBytes.length < 8) return failure("INVALID_ENCODING");
  return {
    job: (secret) => ({
      kind: kind as Argon2Job["kind"],
      password: secret,
      salt: saltBytes,
      memoryCost: Number(memoryCost),
      timeCost: Number(timeCost),
      parallelism: Number(parallelism),
      length: hashed.length,
    }),
    due: hashed,
  };
}

function failure(code: "INVALID_ENCODING" | "UNSUPPORTED_ALGORITHM"): Error {
  const why = code === "INVALID_ENCODING" ? "is not a whole hash" : "is of no known algorithm";
  return Object.assign(new Error(`The password cannot be verified: the text ${why}`), {
    code: `PASSWORD_${code}`,
  });
}

function compute(job: Job): Promise<Uint8Array | string> {
  const { argon2 } = crypto as { argon2?: NativeArgon2 };
  if (job.kind === "bcrypt" || argon2 === undefined) return runJob(job);
  return promisify(argon2)(job.kind, nativeOptions(job));
}

function computeSync(job: Job): Uint8Array | string {
  const { argon2Sync } = crypto as { argon2Sync?: NativeArgon2Sync };
  if (job.kind === "bcrypt" || argon2Sync === undefined) return runJobSync(job);
  return argon2Sync(job.kind, nativeOptions(job));
}

function nativeOptions({
  password: message,
  salt,
  memoryCost,
  timeCost,
  parallelism,
  length,
}: Argon2Job): object {
  return { message, nonce: salt, parallelism, tagLength: length, memory: memoryCost, passes: timeCost };
}

/** In a time that does not depend on the bytes. */
function isSame(made: Uint8Array | string, due: Buffer): boolean {
  const bytes = typeof made === "string" ? Buffer.from(made.slice(-31)) : made;
  return bytes.length === due.length && timingSafeEqual(bytes, due);
}

function toBytes(given: BytesInput): Buffer {
  return typeof given === "object" ? bytesOf(given, "password") : Buffer.from(String(given));
}

function forBcrypt(secret: Uint8Array): Uint8Array {
  return secret.length > BCRYPT_BYTES ? createHash("sha512").update(secret).digest() : secret;
}

/** Base64 without padding, as in PHC's strings. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}

const BCRYPT_DIGITS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** bcrypt's base64 has an alphabet of its own. */
function bcryptBytes(text: string): Buffer {
  const translated = [...text].map((digit) => BASE64_DIGITS[BCRYPT_DIGITS.indexOf(digit)]).join("");
  return Buffer.from(translated, "base64");
}
