import { Buffer } from "node:buffer";
import { listMembers } from "@mantou/http1";
import type { Encoding } from "../api/compress.ts";

/** What a client accepts of the codings that are known. */
export interface AcceptedEncodings {
  /**
   * The codings that the client prefers to none: its favourite first, then in the order of those that are known.
   */
  readonly encodings: readonly Encoding[];
  /** The client refuses a body without any coding. */
  readonly refusesIdentity: boolean;
}

/** Without the field any coding is acceptable (RFC 9110 §12.5.3). The plainest clients send none, so that they get no coding. */
const NOTHING_SAID: AcceptedEncodings = { encodings: [], refusesIdentity: false };

/** A member of the list, in lower case: a coding, or `*`, and its weight (RFC 9110 §12.4.2, §12.5.3). */
const MEMBER = /^([!#$%&'*+\-.^_`|~0-9a-z]+)(?:[\t ]*;[\t ]*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?$/;

/**
 * Negotiates by the field Accept-Encoding (RFC 9110 §12.5.3). A member that breaks the grammar is ignored, and of several for one coding the last
 * one counts.
 * @param field its value; null without the field
 * @param known the server's favourite first
 */
export function acceptEncodings(field: string | null, known: readonly Encoding[]): AcceptedEncodings {
  if (field === null) return NOTHING_SAID;
  const weights = new Map<string, number>();
  for (const member of listMembers(field)) {
    const match = MEMBER.exec(member);
    if (match === null) continue;
    const name = match[1]!;
    // RFC 9110 §8.4.1.3.
    weights.set(name === "x-gzip" ? "gzip" : name, match[2] === undefined ? 1 : Number(match[2]));
  }
  const others = weights.get("*");
  // A client that does not name it likes it less than what it names.
  const identity = weights.get("identity") ?? others ?? null;
  const weightOf = (coding: Encoding): number => weights.get(coding) ?? others ?? 0;
  const encodings = known.filter((coding) => weightOf(coding) > 0 && weightOf(coding) >= (identity ?? 0));
  return {
    // Sorting is stable.
    encodings: encodings.sort((a, b) => weightOf(b) - weightOf(a)),
    refusesIdentity: identity === 0,
  };
}

/** The field has few values among all clients: one for each version of a browser. */
const KEPT_FIELDS = 64;
const KEPT_CHARACTERS = 128;

/** Negotiates for one server, and keeps the last results. */
export class EncodingNegotiator {
  readonly #known: readonly Encoding[];
  readonly #kept = new Map<string, AcceptedEncodings>();

  constructor(known: readonly Encoding[]) {
    this.#known = known;
  }

  accept(field: string | null): AcceptedEncodings {
    if (field === null) return NOTHING_SAID;
    let accepted = this.#kept.get(field);
    if (accepted !== undefined) return accepted;
    accepted = acceptEncodings(field, this.#known);
    if (field.length > KEPT_CHARACTERS) return accepted;
    // The oldest goes: a Map keeps the order of insertion.
    if (this.#kept.size >= KEPT_FIELDS) this.#kept.delete(this.#kept.keys().next().value!);
    // A copy: a slice would keep the text of the whole head.
    this.#kept.set(Buffer.from(field, "latin1").toString("latin1"), accepted);
    return accepted;
  }

  /** The number of results that are kept. */
  get keptFields(): number {
    return this.#kept.size;
  }
}
