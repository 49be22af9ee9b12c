import { CryptoHasher } from "bun";
import { createHash } from "crypto";
import { Command } from "../registry";

export default class Digest {
  @Command("hash", "SHA-256 of a word")
  hash(word: string) {
    return new CryptoHasher("sha256").update(word).digest("hex");
  }

  @Command("md5", "MD5 of a word")
  md5(word: string) {
    return createHash("md5").update(word).digest("base64");
  }
}
