import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import type { SecureContextOptions } from "node:tls";
import { FileBlob } from "./file-blob.ts";
import { optionalBoolean } from "./options.ts";
import type { PEM, TLSOptions } from "./types.ts";

/** A certificate with its key, and whom it is for. */
export interface ResolvedCertificate {
  /** Lower case, without a trailing dot; null if it is for no name in particular. */
  readonly serverName: string | null;
  readonly context: SecureContextOptions;
}

/** The `tls` option, checked, its files read. */
export interface ResolvedTLS {
  /** The first is also for clients that name no server, or one that nobody is. */
  readonly certificates: readonly ResolvedCertificate[];
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
}

/**
 * @returns undefined for no TLS, which is also what no key and no certificate mean
 * @throws TypeError that names the option and what it takes; Error for a file that cannot be read
 */
export function resolveTLS(given: unknown): ResolvedTLS | undefined {
  if (given === undefined || given === null || given === false) return undefined;
  if (typeof given !== "object")
    throw new TypeError("tls must be an object with key and cert, or an array of them");
  if (!Array.isArray(given)) {
    const { key, cert } = given as TLSOptions;
    return key == null && cert == null ? undefined : resolveAll([given], ["tls"]);
  }
  if (given.length === 0) throw new TypeError("tls must have at least one object with key and cert");
  return resolveAll(
    given,
    given.map((_, i) => `tls[${i}]`),
  );
}

function resolveAll(list: readonly TLSOptions[], names: readonly string[]): ResolvedTLS {
  const certificates = list.map((one, i) => resolveCertificate(one, names[i]!));
  const first = list[0]!;
  return {
    certificates,
    requestCert: optionalBoolean(first.requestCert, `${names[0]}.requestCert`, false),
    rejectUnauthorized: optionalBoolean(first.rejectUnauthorized, `${names[0]}.rejectUnauthorized`, true),
  };
}

function resolveCertificate(given: TLSOptions, name: string): ResolvedCertificate {
  if (typeof given !== "object" || given === null)
    throw new TypeError(`${name} must be an object with key and cert`);
  const { key, cert, ca, crl, passphrase, dhParamsFile, secureOptions, ciphers } = given;
  if (key == null || cert == null) throw new TypeError(`${name} needs both key and cert`);
  // node:tls releases its buffers whenever it can, so that there is nothing left for this one to ask for.
  optionalBoolean(given.lowMemoryMode, `${name}.lowMemoryMode`, false);
  if (secureOptions !== undefined && !Number.isInteger(secureOptions)) {
    throw new TypeError(`${name}.secureOptions must be an integer of SSL_OP flags`);
  }
  const context: SecureContextOptions = {
    key: readPEM(key, `${name}.key`),
    cert: readPEM(cert, `${name}.cert`),
    ...(ca == null ? {} : { ca: readPEM(ca, `${name}.ca`) }),
    ...(crl == null ? {} : { crl: readPEM(crl, `${name}.crl`) }),
    ...optional("passphrase", text(passphrase, `${name}.passphrase`)),
    ...optional("ciphers", text(ciphers, `${name}.ciphers`)),
    ...(secureOptions === undefined ? {} : { secureOptions }),
  };
  const dhParams = text(dhParamsFile, `${name}.dhParamsFile`);
  if (dhParams !== undefined) context.dhparam = readFileSync(dhParams);
  const serverName = text(given.serverName ?? given.servername, `${name}.serverName`);
  return { serverName: serverName === undefined ? null : normalName(serverName), context };
}

/** As names are compared: RFC 6066 §3 has ASCII without case, and no trailing dot. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function readPEM(value: PEM | readonly PEM[], name: string): Buffer[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    if (typeof item === "string") return Buffer.from(item);
    if (item instanceof ArrayBuffer || item instanceof SharedArrayBuffer) return Buffer.from(item);
    if (FileBlob.is(item)) return readFileSync(item.source);
    if (ArrayBuffer.isView(item)) return Buffer.from(item.buffer, item.byteOffset, item.byteLength);
    throw new TypeError(`${name} must be PEM as text, bytes or a file, or an array of them`);
  });
}

function text(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new TypeError(`${name} must be a string`);
  return value;
}

function optional(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
