import type { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import type { ResolvedCertificate } from "../options/tls-options.ts";

/** As `node:tls` takes them: a name of 16 bytes, and two keys of 16. */
const KEYS_BYTES = 48;

/**
 * The keys of an entry's session tickets (RFC 5077 §4, RFC 8446 §4.6.1), before and behind a reload, and in workers that have one secret. They
 * depend on all that the entry says: a client resumes a session only where a new one would have to pass the same checks, and replaced
 * certificates end all sessions.
 * @returns undefined for an entry that checks clients by the authorities of Node.js: a program may replace those, which the entry does not say
 */
export function ticketKeys(
  secret: string | Buffer,
  one: ResolvedCertificate,
  isFallback: boolean,
): Buffer | undefined {
  if (one.requestCert && one.context.ca === undefined) return undefined;
  const settings = JSON.stringify([isFallback, one]);
  return createHmac("sha512", secret).update(settings).digest().subarray(0, KEYS_BYTES);
}
