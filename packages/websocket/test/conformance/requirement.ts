/**
 * Each MUST and MUST NOT of RFC 6455 that binds a client, a server or an endpoint, in our own words, with the tests of this
 * folder that hold us to it, or the reason why there is nothing to hold. CONFORMANCE.md is made from it.
 */
export interface Requirement {
  readonly section: string;
  readonly binds: string;
  readonly text: string;
  readonly tests: readonly string[];
  readonly reason?: string;
}
