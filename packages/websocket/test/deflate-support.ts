import * as fc from "fast-check";
import type { Compressor } from "../src/compressor.ts";
import {
  acceptDeflate,
  agreeDeflate,
  type DeflateOptions,
  type DeflateParams,
} from "../src/deflate-negotiation.ts";

export const COMPRESSORS: readonly Compressor[] = [
  "disable",
  "shared",
  "dedicated",
  "3KB",
  "4KB",
  "8KB",
  "16KB",
  "32KB",
  "64KB",
  "128KB",
  "256KB",
];

export const SHARED: DeflateOptions = { compress: "shared", decompress: "shared" };
export const DEDICATED: DeflateOptions = { compress: "dedicated", decompress: "dedicated" };
/** The agreement without any parameter, in two halves. */
export const NONE = { serverNoContextTakeover: false, clientNoContextTakeover: false };
export const FULL = { serverMaxWindowBits: 15, clientMaxWindowBits: 15 };

/** The server's response to an offer of permessage-deflate with these parameters; null if it declines. */
export function accept(params: string, options: DeflateOptions): string | null {
  return acceptDeflate(`permessage-deflate${params}`, options)?.header ?? null;
}

/** The client's result of such a response; null if it fails the connection. */
export function agree(params: string, options: DeflateOptions): DeflateParams | null {
  const agreed = agreeDeflate(`permessage-deflate${params}`, options);
  return agreed.ok ? agreed.params : null;
}

/** Any options. */
export function deflateOptions(): fc.Arbitrary<DeflateOptions> {
  const side = fc.constantFrom(...COMPRESSORS, true, false);
  return fc.record({ compress: side, decompress: side }, { requiredKeys: [] });
}

/** The parameters of a header, read naively: it must be written in the plainest way. */
export function readHeader(header: string): DeflateParams {
  const [name, ...params] = header.split("; ");
  if (name !== "permessage-deflate") throw new Error(`${name} is not permessage-deflate`);
  const given = new Map(params.map((param) => [param.split("=")[0]!, param.split("=")[1] ?? ""]));
  if (given.size !== params.length) throw new Error(`${header} repeats a parameter`);
  return {
    serverNoContextTakeover: given.has("server_no_context_takeover"),
    clientNoContextTakeover: given.has("client_no_context_takeover"),
    serverMaxWindowBits: Number(given.get("server_max_window_bits") ?? 15),
    clientMaxWindowBits: Number(given.get("client_max_window_bits") ?? 15),
  };
}
