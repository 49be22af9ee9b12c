/** The strings of hashes: PHC's of argon2 (https://github.com/P-H-C/phc-string-format), and OpenBSD's of bcrypt. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Argon2Job, Job } from "./password-jobs.ts";
import type { Algorithm } from "./password-options.ts";

/** A string of a hash, in its parts. */
type Parsed = { readonly job: (password: Uint8Array) => Job; readonly due: Buffer };

/** bcrypt takes so many bytes. As in Bun, a longer password is hashed by SHA-512 first. */
const BCRYPT_BYTES = 72;
/** Of a hash of argon2. */
export const HASH_BYTES = 32;
const ARGON2 =
  /^\$(argon2(?:id|i|d))\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,8})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const BCRYPT = /^\$2[abxy]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;

/** @returns null if no password has this hash by the algorithm; an Error, as `verify` rejects with it, for text that is no hash */
export function parseHash(text: string, algorithm: Algorithm | undefined): Parsed | Error | null {
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

/** The bytes that bcrypt hashes. */
export function forBcrypt(secret: Uint8Array): Uint8Array {
  return secret.length > BCRYPT_BYTES ? createHash("sha512").update(secret).digest() : secret;
}

/** Base64 without padding, as in PHC's strings. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}

const BCRYPT_DIGITS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** bcrypt's base64 has an alphabet of its own. */
function bcryptBytes(text: string): Buffer {
  const translated = [...text].map((digit) => BASE64_DIGITS[BCRYPT_DIGITS.indexOf(digit)]).join("");
  return Buffer.from(translated, "base64");
}
