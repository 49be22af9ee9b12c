import fc from "fast-check";
import type { RejectionCode } from "../errors.ts";
import type { InvalidRequest } from "./defect.ts";
import { invalidBodies } from "./invalid-body.ts";
import { invalidHeads } from "./invalid-head.ts";

/**
 * For each code, requests that have to be refused with it and would otherwise be valid: the one defect is put into
 * something right, at any place where it can stand.
 */
export const invalidRequests: Readonly<Record<RejectionCode, fc.Arbitrary<InvalidRequest>>> = {
  ...invalidHeads,
  ...invalidBodies,
};

/** A request that has to be refused, for any reason that there is. */
export const invalidRequest: fc.Arbitrary<InvalidRequest> = fc.oneof(...Object.values(invalidRequests));
