import { timingSafeEqual } from "crypto";

export type Algorithm = "sha1" | "sha256" | "sha512";

export function sign(payload: string | Uint8Array, secret: string, algorithm: Algorithm = "sha256"): string {
  const hasher = new Bun.CryptoHasher(algorithm, secret);
  hasher.update(payload);
  return `${algorithm}=${hasher.digest("hex")}`;
}

export function verify(payload: Uint8Array, secret: string, signature: string | null): boolean {
  const algorithm = signature?.split("=")[0];
  if (algorithm !== "sha1" && algorithm !== "sha256" && algorithm !== "sha512") return false;
  const expected = Buffer.from(sign(payload, secret, algorithm));
  const received = Buffer.from(signature!);
  return expected.length === received.length && timingSafeEqual(expected, received);
}
