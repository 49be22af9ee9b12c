import {
  type Compressor,
  type CompressorSettings,
  compressorSettings,
  type DecompressorSettings,
  decompressorSettings,
} from "./compressor.ts";
import {
  bitsOf,
  type DeflateParameters,
  formatParameters,
  MAX_WINDOW_BITS,
  NAME,
  readParameters,
} from "./deflate-parameters.ts";
import { parseExtensions } from "./extensions.ts";

/** The parameters that both sides have agreed on (RFC 7692 §7.1); 15 for a window without a parameter. */
export interface DeflateParams {
  /** The server compresses each message without reference to the ones before (§7.1.1.1). */
  readonly serverNoContextTakeover: boolean;
  /** The same for the client (§7.1.1.2). */
  readonly clientNoContextTakeover: boolean;
  /** The window of the server's compressor has at most 2^n bytes (§7.1.2.1); 8-15. */
  readonly serverMaxWindowBits: number;
  /** The window of the client's compressor (§7.1.2.2); 8-15. */
  readonly clientMaxWindowBits: number;
}

/**
 * How one side, server or client, wants to compress. An option that is left out is `"shared"` if the other one is on. With both
 * off there is no compression.
 */
export interface DeflateOptions {
  /** For the messages that it sends. True is `"shared"`, false `"disable"`: it never compresses. */
  readonly compress?: Compressor | boolean;
  /**
   * For the messages that it receives. True is `"shared"`. With `compress` on, false and `"disable"` are `"shared"` too:
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

/** The result of {@link acceptDeflate}. */
export interface DeflateAccepted {
  readonly params: DeflateParams;
  /** The value of Sec-WebSocket-Extensions in the server's response. */
  readonly header: string;
}

/** The result of {@link agreeDeflate}. */
export type DeflateAgreement =
  | { readonly ok: true; readonly params: DeflateParams | null }
  | { readonly ok: false; readonly message: string };

/**
 * The settings of `options`; null if both sides are off.
 *
 * @throws TypeError if they name a compressor that does not exist.
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
 * The server's side (RFC 7692 §5.1, §7.1): accepts the first valid offer of permessage-deflate. Null if there is none, or if
 * `options` are off: then the connection is not compressed, and the server does not send Sec-WebSocket-Extensions.
 *
 * @param offers the value of the request's Sec-WebSocket-Extensions; null if it has none.
 * @throws TypeError as {@link deflateSettings}; never because of `offers`.
 */
export function acceptDeflate(offers: string | null, options: DeflateOptions): DeflateAccepted | null {
  const settings = deflateSettings(options);
  if (settings === null || offers === null) return null;
  for (const extension of parseExtensions(offers) ?? []) {
    const offer = extension.name === NAME ? readParameters(extension, true) : null;
    if (offer !== null) return accept(offer, settings);
  }
  return null;
}

/**
 * The client's side: the value of the request's Sec-WebSocket-Extensions; "" if `options` are off: then the client must not send the
 * field.
 *
 * @throws TypeError as {@link deflateSettings}.
 */
export function offerDeflate(options: DeflateOptions): string {
  const settings = deflateSettings(options);
  return settings === null ? "" : formatParameters(offerOf(settings));
}

/**
 * The client's side: reads the server's response to {@link offerDeflate} with the same `options`. The params are null if the server
 * did not accept. The client must fail the connection if the result is not `ok` (RFC 6455 §4.1, RFC 7692 §7.1).
 *
 * @param response the value of the response's Sec-WebSocket-Extensions; null if it has none.
 * @throws TypeError as {@link deflateSettings}; never because of `response`.
 */
export function agreeDeflate(response: string | null, options: DeflateOptions): DeflateAgreement {
  const settings = deflateSettings(options);
  if (response === null) return { ok: true, params: null };
  const list = parseExtensions(response);
  if (list === null) return fail("Sec-WebSocket-Extensions is malformed");
  if (settings === null || list.some((extension) => extension.name !== NAME)) {
    return fail("the server chose an extension that was not offered");
  }
  if (list.length > 1) return fail("the server chose permessage-deflate more than once");
  const agreed = readParameters(list[0]!, false);
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
      // Our own announcements hold, although the server may ignore them (§7.1.1.2, §7.1.2.2).
      clientNoContextTakeover: agreed.clientNoContextTakeover || offer.clientNoContextTakeover,
      serverMaxWindowBits: serverBits,
      clientMaxWindowBits: Math.min(bitsOf(agreed.clientMaxWindowBits), clientBits),
    },
  };
}

/** Accepts a valid offer; every one can be accepted. */
function accept(offer: DeflateParameters, { compress, decompress }: DeflateSettings): DeflateAccepted {
  // The server must not limit the window of a client that does not offer it (§7.1.2.2). The client may use a big window then, but
  // only if the server has to keep nothing of it.
  const cannotLimit = offer.clientMaxWindowBits === null && decompress.windowBits < MAX_WINDOW_BITS;
  const clientNoContextTakeover = offer.clientNoContextTakeover || !decompress.takeover || cannotLimit;
  const clientBits = Math.min(decompress.windowBits, bitsOf(offer.clientMaxWindowBits));
  const clientMaxWindowBits = clientNoContextTakeover ? MAX_WINDOW_BITS : clientBits;
  // A compressor's size is the memory of one connection. Without context takeover there is none.
  const serverNoContextTakeover = offer.serverNoContextTakeover || compress === null || !compress.takeover;
  const serverBits = serverNoContextTakeover ? MAX_WINDOW_BITS : compress!.windowBits;
  const serverMaxWindowBits = Math.min(serverBits, bitsOf(offer.serverMaxWindowBits));
  return {
    params: { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits },
    header: formatParameters({
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

function offerOf({ compress, decompress }: DeflateSettings): DeflateParameters {
  const bits = compress?.windowBits ?? MAX_WINDOW_BITS;
  return {
    serverNoContextTakeover: !decompress.takeover,
    clientNoContextTakeover: compress === null || !compress.takeover,
    serverMaxWindowBits: decompress.windowBits < MAX_WINDOW_BITS ? decompress.windowBits : null,
    // Always sent: only then may the server limit it (§7.1.2.2).
    clientMaxWindowBits: bits < MAX_WINDOW_BITS ? bits : "any",
  };
}

function compressor(option: Compressor | boolean | undefined): Compressor {
  if (option === true) return "shared";
  return option === false || option == null ? "disable" : option;
}

function fail(message: string): DeflateAgreement {
  return { ok: false, message };
}
