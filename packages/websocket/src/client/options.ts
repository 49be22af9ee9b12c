import type { OutgoingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import { type FieldList, isToken } from "@mantou/http1";
import { type DeflateCodecOptions, PerMessageDeflate } from "../deflate.ts";
import type { DeflateParams } from "../deflate-negotiation.ts";
import { DEFAULT_CLIENT_LIMITS, LONGEST_DELAY } from "./limits.ts";
import { readFields } from "./request-fields.ts";

/** The platform's `Headers`, under whichever types a program is compiled with. */
type PlatformHeaders = InstanceType<typeof globalThis.Headers>;

/** The options of `tls.connect` of `node:tls`, and Bun's spelling of `servername`. */
export interface TlsOptions extends ConnectionOptions {
  /** The server name in the TLS handshake, which the certificate must have; by default the URL's host. */
  readonly serverName?: string | undefined;
}

/** The constructor's second argument in place of subprotocols, as in Bun and undici. */
export interface WebSocketOptions {
  /** The subprotocols to offer, in order of preference. */
  readonly protocols?: string | Iterable<string> | undefined;
  /** The same for a single one. */
  readonly protocol?: string | undefined;
  /**
   * More fields for the handshake's request. Host, Sec-WebSocket-Key and Sec-WebSocket-Protocol replace the client's own; the
   * handshake's other fields and TE are left out. Content-Length, Transfer-Encoding and Expect are a `TypeError`.
   */
  readonly headers?: OutgoingHttpHeaders | PlatformHeaders | Iterable<readonly [string, string]> | undefined;
  /** For `wss:` and `wss+unix:`. */
  readonly tls?: TlsOptions | undefined;
  /**
   * Makes the connection in place of `net.connect` and `tls.connect`, as in `http.request` of `node:http`: a stream that is connected, or that
   * buffers what is written until it is. `tls` is not used then. What it throws the constructor throws.
   */
  readonly createConnection?: (() => Duplex) | undefined;
  /**
   * Whether to offer permessage-deflate (RFC 7692), or how. By default the client offers it, and both sides keep their context. Any
   * falsy value turns it off.
   */
  readonly perMessageDeflate?: boolean | DeflateCodecOptions | undefined;
  /**
   * Bytes that one message may have, as it comes and decompressed. A longer message is refused with 1009, and so is a text of more than
   * 512 MiB. 100 MiB by default.
   */
  readonly maxPayloadLength?: number | undefined;
  /** Milliseconds from the constructor to `open`; 0 for no limit. 30,000 by default. */
  readonly handshakeTimeout?: number | undefined;
  /** Milliseconds without progress in which the server must finish the closing handshake; 0 for no limit. 30,000 by default. */
  readonly closeTimeout?: number | undefined;
}

/** {@link WebSocketOptions}, checked. */
export interface Settings {
  readonly protocols: readonly string[];
  /** Null for a random key. */
  readonly key: string | null;
  readonly headers: FieldList;
  readonly tls: TlsOptions;
  /** Null for a connection of `node:net` or `node:tls`. */
  readonly createConnection: (() => Duplex) | null;
  /** Null for no compression. */
  readonly deflate: DeflateCodecOptions | null;
  readonly maxPayloadLength: number;
  readonly handshakeTimeout: number;
  readonly closeTimeout: number;
}

/** Parameters that a server may agree to. They serve to check options before there is an agreement. */
const ANY_PARAMS: DeflateParams = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

/** The offer of browsers, Bun and ws. */
const DEFLATE: DeflateCodecOptions = { compress: "dedicated", decompress: "dedicated" };

/** To ignore them would send the bytes by another way than the application wants. */
const UNSUPPORTED = ["proxy", "agent", "dispatcher"];

/**
 * The constructor's second argument: a subprotocol, several of them, or options.
 *
 * @throws DOMException SyntaxError if the subprotocols are not different tokens.
 * @throws TypeError for options that are not supported or have a wrong type.
 * @throws RangeError for numbers out of their range.
 */
export function resolveSettings(argument: unknown): Settings {
  const isOptions = isObject(argument) && !(Symbol.iterator in argument);
  const options: WebSocketOptions = isOptions ? argument : {};
  for (const name of UNSUPPORTED) {
    if (Reflect.get(options, name) != null) throw new TypeError(`the option ${name} is not supported`);
  }
  const { fields, key, protocols } = readFields(options.headers);
  return {
    protocols: checkProtocols(protocols ?? (isOptions ? givenProtocols(options) : argument)),
    key,
    headers: fields,
    tls: checkTls(options.tls),
    createConnection: checkFunction(options.createConnection),
    deflate: deflateOptions(options),
    maxPayloadLength: checkNumber(options, "maxPayloadLength", Number.MAX_SAFE_INTEGER),
    handshakeTimeout: checkNumber(options, "handshakeTimeout", LONGEST_DELAY),
    closeTimeout: checkNumber(options, "closeTimeout", LONGEST_DELAY),
  };
}

function givenProtocols({ protocols, protocol }: WebSocketOptions): unknown {
  if (protocols != null && protocol != null) {
    throw new TypeError("the options protocols and protocol cannot both be given");
  }
  return protocols ?? protocol ?? [];
}

/** A value that is not a list is a name, even null, as in Web IDL. */
function checkProtocols(given: unknown): string[] {
  const list = isObject(given) && Symbol.iterator in given ? [...(given as Iterable<unknown>)] : [given];
  const names = list.map((name) => `${name as string}`);
  for (const name of names) {
    if (!isToken(name)) throw invalid(`${JSON.stringify(name)} is not the name of a subprotocol`);
  }
  // Without regard to case, as in browsers (web-platform-tests, "repeated values but different case").
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length)
    throw invalid("a subprotocol is named twice");
  return names;
}

/** The value undefined turns it off too, as in Bun and ws. */
function deflateOptions(options: WebSocketOptions): DeflateCodecOptions | null {
  if (!("perMessageDeflate" in options)) return DEFLATE;
  const given: unknown = options.perMessageDeflate;
  if (!given) return null;
  if (!isObject(given)) return DEFLATE;
  const asked = { ...DEFLATE, ...given };
  // The constructor throws for invalid options. The codec takes no memory until it is used.
  new PerMessageDeflate("client", ANY_PARAMS, asked);
  return asked;
}

function checkTls(given: WebSocketOptions["tls"]): TlsOptions {
  if (given === undefined || given === null) return {};
  if (!isObject(given)) throw new TypeError(`the option tls must be an object, not ${typeof given}`);
  const check: unknown = given.checkServerIdentity;
  if (check !== undefined && check !== null && typeof check !== "function")
    throw new TypeError(`the option tls.checkServerIdentity must be a function, not ${typeof check}`);
  return given;
}

function checkFunction(given: WebSocketOptions["createConnection"]): (() => Duplex) | null {
  if (given === undefined || given === null) return null;
  if (typeof given !== "function")
    throw new TypeError(`the option createConnection must be a function, not ${typeof given}`);
  return given;
}

function checkNumber(
  options: WebSocketOptions,
  name: keyof typeof DEFAULT_CLIENT_LIMITS,
  most: number,
): number {
  const value = options[name] ?? DEFAULT_CLIENT_LIMITS[name];
  if (typeof value !== "number") {
    throw new TypeError(`the option ${name} must be a number, not ${typeof value}`);
  }
  if (!Number.isSafeInteger(value) || value < 0 || value > most) {
    throw new RangeError(`the option ${name} must be an integer from 0 to ${most}, not ${value}`);
  }
  return value;
}

function isObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}

function invalid(message: string): DOMException {
  return new DOMException(message, "SyntaxError");
}
