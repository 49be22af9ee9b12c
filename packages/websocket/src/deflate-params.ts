import {
  type Compressor,
  type CompressorSettings,
  compressorSettings,
  type DecompressorSettings,
  decompressorSettings,
} from "./compressor.ts";
import { type Extension, formatExtensions, parseExtensions } from "./extensions.ts";

/** What both sides have agreed on (RFC 7692 §7.1); 15 where nothing was said about a window. */
export interface DeflateParams {
  /** The server compresses each message without reference to the ones before (§7.1.1.1). */
  readonly serverNoContextTakeover: boolean;
  /** The client does (§7.1.1.2). */
  readonly clientNoContextTakeover: boolean;
  /** The window of the server's compressor has at most 2^n bytes (§7.1.2.1); 8-15. */
  readonly serverMaxWindowBits: number;
  /** The window of the client's (§7.1.2.2); 8-15. */
  readonly clientMaxWindowBits: number;
}

/**
 * How one side, server or client, wants to compress. What is left out is `"shared"` if the other is on. With both off
 * there is no compression.
 */
export interface DeflateOptions {
  /** For the messages that it sends. True is `"shared"`, false `"disable"`: it never compresses. */
  readonly compress?: Compressor | boolean;
  /**
   * For the messages that it receives. True is `"shared"`. So is false or `"disable"` if `compress` is on, since
   * permessage-deflate cannot keep a peer from compressing.
   */
  readonly decompress?: Compressor | boolean;
}

/** {@link DeflateOptions} as numbers. */
export interface DeflateSettings {
  /** Null if nothing is to be compressed. */
  readonly compress: CompressorSettings | null;
  readonly decompress: DecompressorSettings;
}

/** What {@link acceptDeflate} agrees to. */
export interface DeflateAccepted {
  readonly params: DeflateParams;
  /** The value of Sec-WebSocket-Extensions in the server's answer. */
  readonly header: string;
}

/** What {@link agreeDeflate} finds. */
export type DeflateAgreement =
  | { readonly ok: true; readonly params: DeflateParams | null }
  | { readonly ok: false; readonly message: string };

const NAME = "permessage-deflate";
const SERVER_NO_CONTEXT_TAKEOVER = "server_no_context_takeover";
const CLIENT_NO_CONTEXT_TAKEOVER = "client_no_context_takeover";
const SERVER_MAX_WINDOW_BITS = "server_max_window_bits";
const CLIENT_MAX_WINDOW_BITS = "client_max_window_bits";
/** §7.1.2: 8-15 in decimal, without leading zeros. */
const WINDOW_BITS = /^(?:[89]|1[0-5])$/;
/** What holds when nobody speaks of it (§7.1.2). */
const MAX_WINDOW_BITS = 15;

/**
 * What `options` ask for; null if both sides are off.
 *
 * @throws TypeError if they name a compressor that there is not.
 */
export function deflateSettings(options: DeflateOptions): DeflateSettings | null {
  const compress = compressorSettings(compressor(options.compress));
  const decompress = decompressorSettings(compressor(options.decompress));
  if (compress === null && decompress === null) return null;
  return {
    compress: options.compress == null ? compressorSettings("shared") : compress,
    decompress: decompress ?? decompressorSettings("shared")!,
  };
}

/**
 * The server's side (RFC 7692 §5.1, §7.1): the first offer of permessage-deflate that can be served, and the answer to it. Null if
 * there is none, or `options` are off: then the connection is simply not compressed, and Sec-WebSocket-Extensions not sent.
 *
 * @param offers the value of the request's Sec-WebSocket-Extensions; null if it has none.
 * @throws TypeError as {@link deflateSettings}; never because of `offers`.
 */
export function acceptDeflate(offers: string | null, options: DeflateOptions): DeflateAccepted | null {
  const settings = deflateSettings(options);
  if (settings === null || offers === null) return null;
  for (const extension of parseExtensions(offers) ?? []) {
    const offer = extension.name === NAME ? readParams(extension, true) : null;
    if (offer !== null) return serve(offer, settings);
  }
  return null;
}

/**
 * The client's side: the value of the request's Sec-WebSocket-Extensions; "" if `options` are off, in which case the field must not be
 * sent.
 *
 * @throws TypeError as {@link deflateSettings}.
 */
export function offerDeflate(options: DeflateOptions): string {
  const settings = deflateSettings(options);
  return settings === null ? "" : format(offerOf(settings));
}

/**
 * The client's side: what the server's answer to {@link offerDeflate} with the same `options` means. Params are null if the server
 * did not accept. Not `ok`: the connection must be failed (RFC 6455 §4.1, RFC 7692 §7.1).
 *
 * @param answer the value of the response's Sec-WebSocket-Extensions; null if it has none.
 * @throws TypeError as {@link deflateSettings}; never because of `answer`.
 */
export function agreeDeflate(answer: string | null, options: DeflateOptions): DeflateAgreement {
  const settings = deflateSettings(options);
  if (answer === null) return { ok: true, params: null };
  const list = parseExtensions(answer);
  if (list === null) return fail("Sec-WebSocket-Extensions is malformed");
  if (settings === null || list.some((extension) => extension.name !== NAME)) {
    return fail("the server chose an extension that was not offered");
  }
  if (list.length > 1) return fail("the server chose permessage-deflate more than once");
  const agreed = readParams(list[0]!, false);
  if (agreed === null) return fail("the server's parameters for permessage-deflate are invalid");
  const offer = offerOf(settings);
  if (offer.serverNoContextTakeover && !agreed.serverNoContextTakeover) {
    return fail("the server does not accept server_no_context_takeover");
  }
  const serverBits = bitsOf(agreed.serverMaxWindowBits);
  if (serverBits > bitsOf(offer.serverMaxWindowBits)) {
    return fail("the server does not accept server_max_window_bits");
  }
  const clientBits = bitsOf(offer.clientMaxWindowBits);
  if (agreed.clientMaxWindowBits !== null && bitsOf(agreed.clientMaxWindowBits) > clientBits) {
    return fail("the server's client_max_window_bits is greater than the one offered");
  }
  return {
    ok: true,
    params: {
      serverNoContextTakeover: agreed.serverNoContextTakeover,
      // What we announced about ourselves holds, although the server may pass over it (§7.1.1.2, §7.1.2.2).
      clientNoContextTakeover: agreed.clientNoContextTakeover || offer.clientNoContextTakeover,
      serverMaxWindowBits: serverBits,
      clientMaxWindowBits: Math.min(bitsOf(agreed.clientMaxWindowBits), clientBits),
    },
  };
}

/** The parameters of one offer or answer; null where one is missing, "any" for one without a value. */
interface Said {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | null;
  readonly clientMaxWindowBits: number | "any" | null;
}

/**
 * Null if a parameter is unknown, repeated, or has a wrong value: such an offer is declined, such an answer fails the connection
 * (§7.1).
 */
function readParams(extension: Extension, isOffer: boolean): Said | null {
  let serverNoContextTakeover = false;
  let clientNoContextTakeover = false;
  let serverMaxWindowBits: number | null = null;
  let clientMaxWindowBits: number | "any" | null = null;
  for (const [name, value] of extension.params) {
    const isBits = value !== null && WINDOW_BITS.test(value);
    if (name === SERVER_NO_CONTEXT_TAKEOVER && value === null && !serverNoContextTakeover) {
      serverNoContextTakeover = true;
    } else if (name === CLIENT_NO_CONTEXT_TAKEOVER && value === null && !clientNoContextTakeover) {
      clientNoContextTakeover = true;
    } else if (name === SERVER_MAX_WINDOW_BITS && isBits && serverMaxWindowBits === null) {
      serverMaxWindowBits = Number(value);
    } else if (name === CLIENT_MAX_WINDOW_BITS && isBits && clientMaxWindowBits === null) {
      clientMaxWindowBits = Number(value);
    } else if (name === CLIENT_MAX_WINDOW_BITS && value === null && isOffer && clientMaxWindowBits === null) {
      clientMaxWindowBits = "any";
    } else {
      return null;
    }
  }
  return { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits };
}

/** The answer to a valid offer. Every one can be served. */
function serve(offer: Said, { compress, decompress }: DeflateSettings): DeflateAccepted {
  // A client that does not say that it can limit its window must not be told to (§7.1.2.2). Then it may only use a big window
  // if nothing has to be kept of it.
  const cannotLimit = offer.clientMaxWindowBits === null && decompress.windowBits < MAX_WINDOW_BITS;
  const clientNoContextTakeover = offer.clientNoContextTakeover || !decompress.takeover || cannotLimit;
  const clientBits = Math.min(decompress.windowBits, bitsOf(offer.clientMaxWindowBits));
  const clientMaxWindowBits = clientNoContextTakeover ? MAX_WINDOW_BITS : clientBits;
  // A size is what one connection may keep; nothing is kept without context takeover.
  const serverNoContextTakeover = offer.serverNoContextTakeover || compress === null || !compress.takeover;
  const serverBits = serverNoContextTakeover ? MAX_WINDOW_BITS : compress!.windowBits;
  const serverMaxWindowBits = Math.min(serverBits, bitsOf(offer.serverMaxWindowBits));
  return {
    params: { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits },
    header: format({
      serverNoContextTakeover,
      clientNoContextTakeover,
      // §7.1.2.1: the server accepts a limit by repeating it, or a smaller one.
      serverMaxWindowBits:
        offer.serverMaxWindowBits !== null || serverMaxWindowBits < MAX_WINDOW_BITS
          ? serverMaxWindowBits
          : null,
      clientMaxWindowBits: clientMaxWindowBits < MAX_WINDOW_BITS ? clientMaxWindowBits : null,
    }),
  };
}

function offerOf({ compress, decompress }: DeflateSettings): Said {
  const bits = compress?.windowBits ?? MAX_WINDOW_BITS;
  return {
    serverNoContextTakeover: !decompress.takeover,
    clientNoContextTakeover: compress === null || !compress.takeover,
    serverMaxWindowBits: decompress.windowBits < MAX_WINDOW_BITS ? decompress.windowBits : null,
    // Always said, since only then the server may ask for less (§7.1.2.2).
    clientMaxWindowBits: bits < MAX_WINDOW_BITS ? bits : "any",
  };
}

/** In the order in which Bun writes them. */
function format(said: Said): string {
  const params: Array<readonly [string, string | null]> = [];
  if (said.clientNoContextTakeover) params.push([CLIENT_NO_CONTEXT_TAKEOVER, null]);
  if (said.clientMaxWindowBits === "any") params.push([CLIENT_MAX_WINDOW_BITS, null]);
  else if (said.clientMaxWindowBits !== null)
    params.push([CLIENT_MAX_WINDOW_BITS, String(said.clientMaxWindowBits)]);
  if (said.serverNoContextTakeover) params.push([SERVER_NO_CONTEXT_TAKEOVER, null]);
  if (said.serverMaxWindowBits !== null)
    params.push([SERVER_MAX_WINDOW_BITS, String(said.serverMaxWindowBits)]);
  return formatExtensions([{ name: NAME, params }]);
}

function bitsOf(said: number | "any" | null): number {
  return typeof said === "number" ? said : MAX_WINDOW_BITS;
}

function compressor(option: Compressor | boolean | undefined): Compressor {
  if (option === true) return "shared";
  return option === false || option == null ? "disable" : option;
}

function fail(message: string): DeflateAgreement {
  return { ok: false, message };
}
