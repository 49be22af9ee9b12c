/**
 * Each MUST and MUST NOT of RFC 9112, and those of RFC 9110 that touch messages, in our own words, with the tests of
 * this folder that hold us to it, or the reason why there is nothing to hold; and the SHOULDs that servers and clients
 * are judged by. CONFORMANCE.md is made from it.
 */
export interface Requirement {
  readonly section: string;
  readonly binds: string;
  readonly text: string;
  readonly tests: readonly string[];
  readonly reason?: string;
}

export const FORWARDING =
  "It binds proxies and gateways, which forward messages; a program that builds one on this package must do it.";
export const APPLICATION = "The application decides it; the connection sends what it is given.";
export const HOST = "It is the host's, which owns the transport.";
