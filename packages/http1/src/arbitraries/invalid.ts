import fc from "fast-check";
import type { InvalidMessage } from "./defect.ts";
import { type BodyDefect, invalidBodies } from "./invalid-body.ts";
import { type HeadDefect, invalidHeads } from "./invalid-head.ts";

/** The rows of the table that a request can hit. */
export type RequestDefect = HeadDefect | BodyDefect;

/**
 * For each code, requests that must be refused with it and are valid otherwise: the one defect is put into
 * something right, at any place where it can stand.
 */
export const invalidRequests: Readonly<Record<RequestDefect, fc.Arbitrary<InvalidMessage>>> = {
  ...invalidHeads,
  ...invalidBodies,
};

/** A request that must be refused, for any reason. */
export const invalidRequest: fc.Arbitrary<InvalidMessage> = fc.oneof(...Object.values(invalidRequests));
