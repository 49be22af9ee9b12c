import type { Fields, IncomingRequest, OutgoingResponse } from "@mantou/http1";
import { isSameStrongly, namesETag } from "./etag.ts";
import { parseHTTPDate } from "./http-date.ts";

/** What tells one version of a representation from another (RFC 9110 §8.8). */
export interface Validators {
  /** An entity tag with its quotes, and `W/` if it is weak; null if there is none. */
  readonly etag: string | null;
  /** Whole seconds since the epoch; null if unknown. */
  readonly lastModified: number | null;
}

/** What becomes of a request: its answer as it is, 304 Not Modified, or 412 Precondition Failed. */
export type Outcome = "proceed" | "not-modified" | "failed";

/**
 * Whether there is anything to evaluate: a field whose name begins with "if-". All that a request without conditions
 * pays: 15 ns with one field and 50 with nine, on Node.js 20 and 26, once the fields are taken apart.
 */
export function isConditional(fields: Fields): boolean {
  const { list } = fields;
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i]!;
    if (
      name.charCodeAt(2) === 0x2d &&
      (name.charCodeAt(0) | 0x20) === 0x69 &&
      (name.charCodeAt(1) | 0x20) === 0x66
    )
      return true;
  }
  return false;
}

/**
 * Evaluates the conditions of a GET or HEAD whose answer would be a 200, in the order of RFC 9110 §13.2.2. (What
 * other methods do is the handlers' business.) A date that is none is ignored; a list of tags that is none names none.
 */
export function evaluateConditions(fields: Fields, { etag, lastModified }: Validators): Outcome {
  const ifMatch = fields.get("if-match");
  if (ifMatch !== null) {
    if (!namesETag(ifMatch, etag, true)) return "failed";
  } else if (lastModified !== null) {
    const limit = dateOf(fields, "if-unmodified-since");
    if (limit !== null && lastModified > limit) return "failed";
  }
  const ifNoneMatch = fields.get("if-none-match");
  if (ifNoneMatch !== null) return namesETag(ifNoneMatch, etag, false) ? "not-modified" : "proceed";
  if (lastModified === null) return "proceed";
  const limit = dateOf(fields, "if-modified-since");
  return limit !== null && lastModified <= limit ? "not-modified" : "proceed";
}

/** Seconds from which on a date is a strong validator: Apache httpd's, and RFC 7232's. */
const STRONG_DATE_SECONDS = 60;

/**
 * Whether If-Range allows a range to be sent (RFC 9110 §13.1.5): the validator is exactly the representation's, and
 * strong. Without the field it does.
 *
 * What has just been changed may be changed again within the second: its date stands for two versions (§8.8.2.2), and a
 * client would join a part of one to a part of the other.
 * @param now milliseconds since the epoch
 */
export function rangeAllowed(
  fields: Fields,
  { etag, lastModified }: Validators,
  now: number = Date.now(),
): boolean {
  const ifRange = fields.get("if-range");
  if (ifRange === null) return true;
  // An entity tag has a quote among its first three characters, and no date has.
  if (ifRange.slice(0, 3).includes('"')) return etag !== null && isSameStrongly(ifRange, etag);
  if (lastModified === null || now / 1000 - lastModified < STRONG_DATE_SECONDS) return false;
  return parseHTTPDate(ifRange) === lastModified;
}

/** The heads that a response of the same body every time is replaced by if a request's conditions want that. */
export class ConditionalHeads {
  readonly #validators: Validators;
  readonly #notModified: OutgoingResponse;
  readonly #failed: OutgoingResponse;

  constructor(validators: Validators, notModified: OutgoingResponse, failed: OutgoingResponse) {
    this.#validators = validators;
    this.#notModified = notModified;
    this.#failed = failed;
  }

  /** The head that is sent without a body; null if the response is sent as it is. */
  unsent({ method, fields }: IncomingRequest): OutgoingResponse | null {
    if (!isConditional(fields) || (method !== "GET" && method !== "HEAD")) return null;
    const outcome = evaluateConditions(fields, this.#validators);
    return outcome === "proceed" ? null : outcome === "failed" ? this.#failed : this.#notModified;
  }
}

function dateOf(fields: Fields, name: string): number | null {
  const value = fields.get(name);
  return value === null ? null : parseHTTPDate(value);
}
