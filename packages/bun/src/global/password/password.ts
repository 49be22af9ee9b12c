/** `Bun.password`: argon2 (RFC 9106) in PHC's strings, and bcrypt in those of OpenBSD. Bun verifies what is made here, and the other way round. */
import { Buffer } from "node:buffer";
import crypto, { randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { wrongType } from "../../base/argument-error.ts";
import { type BytesInput, bytesOf } from "../../base/bytes.ts";
import { type Argon2Job, type Job, runJob, runJobSync } from "./password-jobs.ts";
import { type Algorithm, checkAlgorithm, type PasswordOptions, readOptions } from "./password-options.ts";
import { base64, forBcrypt, HASH_BYTES, parseHash } from "./password-strings.ts";

const SALT_BYTES = 32;

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
  const [secret, text] = readVerify(password, given, algorithm);
  if (secret.length === 0 || text === "") return Promise.resolve(false);
  const parsed = parseHash(text, algorithm ?? undefined);
  if (parsed === null) return Promise.resolve(false);
  if (parsed instanceof Error) return Promise.reject(parsed);
  return compute(parsed.job(secret)).then((made) => isSame(made, parsed.due));
}

function verifySync(password: BytesInput, given: BytesInput, algorithm?: Algorithm): boolean {
  const [secret, text] = readVerify(password, given, algorithm);
  if (secret.length === 0 || text === "") return false;
  const parsed = parseHash(text, algorithm ?? undefined);
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
  const settings = readOptions(options);
  const secret = bytesOf(given, "password");
  if (secret.length === 0) throw wrongType("password must not be empty");
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

/** @throws TypeError for other values than text and bytes: a missing field, or a number, is no password */
function readVerify(
  given: unknown,
  text: unknown,
  algorithm: Algorithm | null | undefined,
): [secret: Buffer, hash: string] {
  const secret = bytesOf(given, "password");
  const hash = bytesOf(text, "hash").toString();
  if (algorithm !== undefined && algorithm !== null) checkAlgorithm(algorithm);
  return [secret, hash];
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
