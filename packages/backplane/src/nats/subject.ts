import { createHash } from "node:crypto";
import { NATS_SUBJECT_BYTES } from "../limits.ts";

/**
 * The subject of a channel: the prefix is one token, so that a permission such as `mantou.>` covers all of it, and the rest is another.
 * @param prefix of the program: the channel begins with it and a colon
 */
export function subjectOf(prefix: string, channel: string): string {
  return `${encodeToken(prefix)}.${tokenOf(prefix, channel)}`;
}

/** The rest of a channel as one token. */
export function tokenOf(prefix: string, channel: string): string {
  const rest = channel.slice(prefix.length + 1);
  const token = encodeToken(rest);
  if (token.length <= NATS_SUBJECT_BYTES) return token;
  // No other channel is encoded to a token that begins so.
  return `%%${createHash("sha256").update(rest).digest("base64url")}`;
}

/** Dots, spaces and wildcards have a meaning in subjects; colons and slashes have none, and are easier to read. */
export function encodeToken(text: string): string {
  return encodeURIComponent(text).replace(/%3A|%2F|[.*]/g, (found) => CHARACTERS[found]!);
}

const CHARACTERS: Readonly<Record<string, string>> = { "%3A": ":", "%2F": "/", ".": "%2E", "*": "%2A" };
