import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { SecureContextOptions } from "node:tls";
import { domainToASCII } from "node:url";
import type { PEM, TLSOptions } from "../api/network.ts";
import { isBytes } from "../fetch/bytes.ts";
import { fileRange, fileSource, isFileBlob } from "../fetch/file-blob.ts";
import { optionalBoolean } from "./check.ts";

/** OpenSSL reads certificates under each of these names. */
const CERTIFICATE_START = /(?=-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----)/;

/** A certificate with its key and its name, and the requirements on clients that ask for this name. */
export interface ResolvedCertificate {
  /** In lower case, without a trailing dot; null for an entry without a name. */
  readonly serverName: string | null;
  readonly context: SecureContextOptions;
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  /** Lets clients renegotiate (TLS 1.2), as often as Node.js allows. */
  readonly renegotiates: boolean;
}

/** The `tls` option, checked. Its files have been read. */
export interface ResolvedTLS {
  /** The first entry is also for clients that ask for no name, or for an unknown one. */
  readonly certificates: readonly ResolvedCertificate[];
}

const KNOWN: ReadonlySet<string> = new Set([
  "ALPNProtocols",
  "ca",
  "caFile",
  "cert",
  "certFile",
  "ciphers",
  "clientRenegotiationLimit",
  "clientRenegotiationWindow",
  "crl",
  "dhParamsFile",
  "key",
  "keyFile",
  "lowMemoryMode",
  "passphrase",
  "rejectUnauthorized",
  "requestCert",
  "secureOptions",
  "serverName",
  "servername",
]);

/** Options of `node:tls` that Bun does not have, with their replacements. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ["pfx", "key and cert in PEM (openssl pkcs12 -nodes)"],
  ["dhparam", "dhParamsFile"],
  ["minVersion", "secureOptions with SSL_OP_NO_TLSv1_2 of node:crypto's constants"],
  ["maxVersion", "secureOptions with SSL_OP_NO_TLSv1_3 of node:crypto's constants"],
  ["secureProtocol", "secureOptions with flags of node:crypto's constants"],
  ["SNICallback", "an array of objects with serverName"],
]);

/** The names of options that concern TLS: the known ones, and those of `node:tls` that are refused with a replacement. */
export const TLS_OPTION_NAMES: readonly string[] = /* @__PURE__ */ optionNames();

function optionNames(): string[] {
  return [...KNOWN, ...INSTEAD.keys()];
}

/**
 * @returns undefined for no TLS, also if no option has a value
 * @throws TypeError that names the option; Error with a `code` for a file that cannot be read
 */
export function resolveTLS(given: unknown): ResolvedTLS | undefined {
  if (given === undefined || given === null || given === false) return undefined;
  if (typeof given !== "object")
    throw new TypeError("tls must be an object with key and cert, or an array of them");
  if (!Array.isArray(given)) {
    // Frameworks pass on options without a value: `{ key: undefined, cert: undefined }`.
    const values = [...Object.values(given), ...[...KNOWN].map((name) => Reflect.get(given, name))];
    if (values.every((value) => value === undefined || value === null)) return undefined;
    return { certificates: [resolveCertificate(given, "tls")] };
  }
  if (given.length === 0) throw new TypeError("tls must have at least one object with key and cert");
  const certificates = Array.from(given, (one: TLSOptions, i) => resolveCertificate(one, `tls[${i}]`));
  const nameless = certificates.findIndex(({ serverName }, i) => i > 0 && serverName === null);
  if (nameless > 0)
    throw new TypeError(`tls[${nameless}] needs a serverName: only the first entry is for all names`);
  return { certificates };
}

function resolveCertificate(given: TLSOptions, name: string): ResolvedCertificate {
  if (typeof given !== "object" || given === null)
    throw new TypeError(`${name} must be an object with key and cert`);
  checkNames(given, name);
  const { passphrase, dhParamsFile, secureOptions, ciphers, ALPNProtocols } = given;
  const key = pemOrFile(given, name, "key", "keyFile");
  const cert = pemOrFile(given, name, "cert", "certFile");
  const ca = pemOrFile(given, name, "ca", "caFile");
  if (ca !== undefined) checkAuthorities(ca, name);
  const { crl } = given;
  // Without a certificate OpenSSL would listen, and fail each handshake.
  if (!key?.length || !cert?.length) throw new TypeError(`${name} needs both key and cert`);
  // node:tls always releases empty buffers, so that this option has no effect.
  optionalBoolean(given.lowMemoryMode, `${name}.lowMemoryMode`, false);
  if (ALPNProtocols != null && typeof ALPNProtocols !== "string" && !isBytes(ALPNProtocols))
    throw new TypeError(`${name}.ALPNProtocols must be a string or bytes`);
  if (secureOptions != null && !Number.isInteger(secureOptions)) {
    throw new TypeError(`${name}.secureOptions must be an integer of SSL_OP flags`);
  }
  const context: SecureContextOptions = {
    key,
    cert,
    ...(ca === undefined ? {} : { ca }),
    ...(crl == null ? {} : { crl: readPEM(crl, `${name}.crl`) }),
    ...optional("passphrase", text(passphrase, `${name}.passphrase`)),
    ...optional("ciphers", text(ciphers, `${name}.ciphers`)),
    ...(secureOptions == null ? {} : { secureOptions }),
  };
  const dhParams = text(dhParamsFile, `${name}.dhParamsFile`);
  if (dhParams !== undefined) context.dhparam = readFile(dhParams, `${name}.dhParamsFile`);
  const serverName = text(given.serverName ?? given.servername, `${name}.serverName`);
  optionalNumber(given.clientRenegotiationWindow, `${name}.clientRenegotiationWindow`);
  return {
    serverName: serverName === undefined || serverName === "" ? null : asciiName(serverName, name),
    context,
    requestCert: optionalBoolean(given.requestCert, `${name}.requestCert`, false),
    rejectUnauthorized: optionalBoolean(given.rejectUnauthorized, `${name}.rejectUnauthorized`, true),
    renegotiates: optionalNumber(given.clientRenegotiationLimit, `${name}.clientRenegotiationLimit`) !== 0,
  };
}

/** @throws TypeError for an unknown name that has a value */
function checkNames(given: object, name: string): void {
  for (const [option, value] of Object.entries(given)) {
    if (value === undefined || value === null || KNOWN.has(option)) continue;
    const instead = INSTEAD.get(option);
    throw new TypeError(
      instead === undefined
        ? `${name} has no option ${JSON.stringify(option)}; its options are ${[...KNOWN].join(", ")}`
        : `${name}.${option} is not supported: use ${instead}`,
    );
  }
}

/** PEM, or by Bun's older option the content of a file. */
function pemOrFile(
  given: TLSOptions,
  name: string,
  option: "key" | "cert" | "ca",
  fileOption: "keyFile" | "certFile" | "caFile",
): Buffer[] | undefined {
  const value = given[option] ?? undefined;
  const path = text(given[fileOption], `${name}.${fileOption}`);
  if (value === undefined) return path === undefined ? undefined : [readFile(path, `${name}.${fileOption}`)];
  if (path !== undefined)
    throw new TypeError(`${name} has both ${option} and ${fileOption}, and needs only one of them`);
  return readPEM(value, `${name}.${option}`);
}

/**
 * Node.js leaves out what is no certificate in PEM, and all that follows a broken one. Then no client of that authority gets in.
 * @throws TypeError for a list with an element that has no certificate, OpenSSL's error for a broken certificate
 */
function checkAuthorities(authorities: readonly Buffer[], name: string): void {
  for (const pem of authorities) {
    const parts = pem.toString("latin1").split(CERTIFICATE_START);
    const certificates = parts.filter((part) => CERTIFICATE_START.test(part));
    if (certificates.length === 0) throw new TypeError(`${name}.ca has no certificate in PEM`);
    for (const one of certificates) new X509Certificate(one);
  }
}

/**
 * The name in the form that clients send, with `ž` in Punycode. An entry with another form would never be used, nor its requirements.
 * @throws TypeError if it is not a host name
 */
function asciiName(serverName: string, name: string): string {
  const ascii = domainToASCII(normalName(serverName));
  if (ascii === "")
    throw new TypeError(`${name}.serverName must be a host name, not ${JSON.stringify(serverName)}`);
  return ascii;
}

/** The form in which names are compared. RFC 6066 §3 has ASCII without case, and no trailing dot. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** What each block of PEM begins with (RFC 7468 §2). Text may stand before it. */
const PEM_BEGIN = "-----BEGIN ";

/** @throws TypeError for what is no PEM: OpenSSL's error, "no start line", would name neither the option nor that it is given a path */
function readPEM(value: PEM | readonly PEM[], name: string): Buffer[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    const bytes = bytesOf(item, name);
    if (!bytes.includes(PEM_BEGIN)) {
      throw new TypeError(
        `${name} must be PEM, whose first line is like "-----BEGIN CERTIFICATE-----"; a path is given as file("cert.pem")`,
      );
    }
    return bytes;
  });
}

function bytesOf(item: unknown, name: string): Buffer {
  if (typeof item === "string") return Buffer.from(item);
  if (item instanceof ArrayBuffer || item instanceof SharedArrayBuffer) return Buffer.from(item);
  if (isFileBlob(item)) {
    const whole = readFile(fileSource(item), name);
    const { start, end } = fileRange(item, whole.length);
    return whole.subarray(start, end);
  }
  if (ArrayBuffer.isView(item)) return Buffer.from(item.buffer, item.byteOffset, item.byteLength);
  throw new TypeError(`${name} must be PEM as text, bytes or a file, or an array of them`);
}

/** @throws Error that names the option, with the system's `code` */
function readFile(path: string | number, name: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code, errno, syscall, message } = cause as NodeJS.ErrnoException;
    throw Object.assign(new Error(`${name} cannot be read: ${message}`, { cause }), { code, errno, syscall });
  }
}

function text(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new TypeError(`${name} must be a string`);
  return value;
}

function optionalNumber(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number") throw new TypeError(`${name} must be a number`);
  return value;
}

function optional(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
