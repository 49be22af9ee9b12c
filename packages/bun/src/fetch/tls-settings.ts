import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";
import type { ConnectionOptions, PeerCertificate } from "node:tls";
import { argumentError, wrongType } from "../base/argument-error.ts";
import { isBytes, viewOf } from "../base/bytes.ts";
import type { FetchTLSOptions, TLSMaterial } from "./options.ts";

/** The options of `tls.connect` for one call of `fetch`. */
export interface TLSSettings {
  readonly options: ConnectionOptions;
  /** Whether the program checks certificates itself. */
  readonly checksIdentity: boolean;
  /** Why the program has refused a certificate. */
  refusal: unknown;
}

/** Reads files. @throws (rejects) TypeError that names the option, for a value of another type; the operating system's error for a file that cannot be read */
export async function tlsSettings(given: FetchTLSOptions): Promise<TLSSettings> {
  checkType("serverName", given.serverName, "string");
  checkType("rejectUnauthorized", given.rejectUnauthorized, "boolean");
  checkType("passphrase", given.passphrase, "string");
  const { ca, cert, key, caFile, certFile, keyFile, serverName, checkServerIdentity, ...others } = given;
  const options: ConnectionOptions = others;
  const settings: TLSSettings = { options, checksIdentity: Boolean(checkServerIdentity), refusal: undefined };
  const materials = { ca: [ca, caFile], cert: [cert, certFile], key: [key, keyFile] } as const;
  for (const [name, [value, path]] of Object.entries(materials)) {
    checkType(`${name}File`, path, "string");
    if (value !== undefined && value !== null) options[name as "ca"] = await contentOf(name, value);
    else if (path) options[name as "ca"] = await contentOfFile(`${name}File`, path);
  }
  // Node.js checks the certificate for this name.
  if (serverName !== undefined && serverName !== null) options.servername = serverName;
  if (checkServerIdentity) {
    options.checkServerIdentity = (host, certificate) => {
      const refusal = askProgram(checkServerIdentity, host, certificate);
      if (refusal === undefined || options.rejectUnauthorized === false) return undefined;
      settings.refusal = refusal;
      return refusal instanceof Error ? refusal : new Error("checkServerIdentity refused the certificate");
    };
  }
  return settings;
}

/** Its reason to refuse a certificate: an error, or another value that is truthy. */
function askProgram(
  check: NonNullable<ConnectionOptions["checkServerIdentity"]>,
  host: string,
  certificate: PeerCertificate,
): unknown {
  let result: unknown;
  try {
    result = check(host, certificate);
  } catch (error) {
    return error;
  }
  if (!result) return undefined;
  if (typeof result === "object" && !(result instanceof Promise)) return result;
  return argumentError(
    "checkServerIdentity must return undefined or an Error, and cannot be async",
    "ERR_INVALID_RETURN_VALUE",
  );
}

function checkType(name: string, value: unknown, type: "string" | "boolean"): void {
  if (value === undefined || value === null || typeof value === type) return;
  throw wrongType(`tls.${name} must be a ${type}, and not of type ${typeof value}`);
}

async function contentOf(
  name: string,
  material: TLSMaterial,
): Promise<string | Buffer | (string | Buffer)[]> {
  if (typeof material === "string") return material;
  if (material instanceof Blob) return Buffer.from(await material.arrayBuffer());
  if (isBytes(material)) return viewOf(material);
  if (!Array.isArray(material))
    throw wrongType(`tls.${name} must be a string, bytes, a Blob, or an array of these`);
  return (await Promise.all(material.map((each: TLSMaterial) => contentOf(name, each)))).flat();
}

async function contentOfFile(name: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw Object.assign(wrongType(`tls.${name} cannot be read: ${path}`), { cause: error });
  }
}

/** A text that is the same for the same options. Functions, and objects of classes such as `SecureContext`, are equal to themselves alone. */
export function keyOf(parts: readonly unknown[]): string {
  return JSON.stringify(parts, (_name, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    return typeof value === "function" || isOfClass(value) ? `\0${idOf(value as object)}` : value;
  });
}

function isOfClass(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  return ![Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);
}

const ids = new WeakMap<object, number>();
let nextId = 0;

function idOf(value: object): number {
  const id = ids.get(value) ?? ++nextId;
  ids.set(value, id);
  return id;
}
