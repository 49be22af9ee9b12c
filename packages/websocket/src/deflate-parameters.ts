import { type Extension, formatExtensions } from "./extensions.ts";

export const NAME = "permessage-deflate";
const SERVER_NO_CONTEXT_TAKEOVER = "server_no_context_takeover";
const CLIENT_NO_CONTEXT_TAKEOVER = "client_no_context_takeover";
const SERVER_MAX_WINDOW_BITS = "server_max_window_bits";
const CLIENT_MAX_WINDOW_BITS = "client_max_window_bits";
/** §7.1.2: 8-15 in decimal, without leading zeros. */
const WINDOW_BITS = /^(?:[89]|1[0-5])$/;
/** The window without a parameter (§7.1.2). */
export const MAX_WINDOW_BITS = 15;

/**
 * The parameters of permessage-deflate as one offer or one response names them (RFC 7692 §7.1): null for a missing one, "any" for
 * one without a value. `DeflateParams` are those that both sides have agreed on.
 */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | null;
  readonly clientMaxWindowBits: number | "any" | null;
}

/**
 * @returns null if a parameter is unknown, repeated, or has a wrong value: the server declines such an offer, and such a response
 *   fails the connection (§7.1).
 */
export function readParameters(extension: Extension, isOffer: boolean): DeflateParameters | null {
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

/** The value of Sec-WebSocket-Extensions, in the order in which Bun writes it. */
export function formatParameters(given: DeflateParameters): string {
  const params: Array<readonly [string, string | null]> = [];
  if (given.clientNoContextTakeover) params.push([CLIENT_NO_CONTEXT_TAKEOVER, null]);
  if (given.clientMaxWindowBits === "any") params.push([CLIENT_MAX_WINDOW_BITS, null]);
  else if (given.clientMaxWindowBits !== null)
    params.push([CLIENT_MAX_WINDOW_BITS, String(given.clientMaxWindowBits)]);
  if (given.serverNoContextTakeover) params.push([SERVER_NO_CONTEXT_TAKEOVER, null]);
  if (given.serverMaxWindowBits !== null)
    params.push([SERVER_MAX_WINDOW_BITS, String(given.serverMaxWindowBits)]);
  return formatExtensions([{ name: NAME, params }]);
}

/** The window that a parameter allows. */
export function bitsOf(parameter: number | "any" | null): number {
  return typeof parameter === "number" ? parameter : MAX_WINDOW_BITS;
}
