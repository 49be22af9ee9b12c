import { Buffer } from "node:buffer";
import type { Exchange, Piece, Trial } from "../exchange/exchange.ts";
import type { Verdict } from "../run/verdict.ts";

/** A violation as a file: a bug report that a machine can repeat. */
export interface CaseFile {
  readonly version: 1;
  readonly rule: string;
  readonly level: string;
  readonly section: string;
  readonly says: string;
  readonly due: string;
  readonly got: string;
  readonly repeated: { readonly broken: number; readonly of: number };
  readonly seed: number;
  /** Bytes as text of which each character is one byte. */
  readonly exchanges: readonly {
    readonly pieces: readonly { readonly bytes: string; readonly after: Piece["after"] }[];
    readonly methods: readonly string[];
    readonly until: number | "closed" | { readonly bytes: string };
    readonly halfClose: boolean;
    readonly upgrade?: "websocket";
    readonly contents?: readonly string[];
    readonly value?: string;
    readonly messages?: number;
    readonly received: string;
  }[];
}

export function toCaseFile({ rule, seed, violation }: Extract<Verdict, { kind: "broken" }>): CaseFile {
  const { trial, outcomes, due, got, repeated } = violation;
  return {
    version: 1,
    rule: rule.id,
    level: rule.level,
    section: rule.section,
    says: rule.says,
    due,
    got,
    repeated,
    seed,
    exchanges: trial.exchanges.map(({ contents, ...others }, i) => ({
      ...others,
      ...(contents && { contents: contents.map(textOf) }),
      pieces: others.pieces.map(({ bytes, after }) => ({ bytes: textOf(bytes), after })),
      until: typeof others.until === "object" ? { bytes: textOf(others.until.bytes) } : others.until,
      received: textOf(outcomes[i]!.received),
    })),
  };
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** The name of a rule's file. */
export function caseFileName(id: string): string {
  return `${id.replaceAll("/", "_")}.json`;
}

/**
 * Reads what `toCaseFile` has made.
 * @throws SyntaxError for text that is no case file
 */
export function parseCaseFile(text: string): { readonly rule: string; readonly trial: Trial } {
  const data: unknown = JSON.parse(text);
  if (!isCaseFile(data)) throw new SyntaxError("it is no case file of this version");
  return { rule: data.rule, trial: { exchanges: data.exchanges.map(toExchange) } };
}

function toExchange({
  pieces,
  methods,
  until,
  halfClose,
  upgrade,
  contents,
  value,
  messages,
}: CaseFile["exchanges"][number]): Exchange {
  return {
    pieces: pieces.map(({ bytes, after }) => ({ bytes: Buffer.from(bytes, "latin1"), after })),
    methods,
    until: typeof until === "object" ? { bytes: Buffer.from(until.bytes, "latin1") } : until,
    halfClose,
    ...(upgrade !== undefined && { upgrade }),
    ...(contents && { contents: contents.map((text) => Buffer.from(text, "latin1")) }),
    ...(value !== undefined && { value }),
    ...(messages !== undefined && { messages }),
  };
}

const MOMENTS: ReadonlySet<unknown> = new Set<Piece["after"]>(["turn", "response", "bytes"]);

function isCaseFile(data: unknown): data is CaseFile {
  if (!isObject(data) || data["version"] !== 1 || typeof data["rule"] !== "string") return false;
  const { exchanges } = data;
  return Array.isArray(exchanges) && exchanges.length > 0 && exchanges.every(isExchange);
}

function isExchange(data: unknown): boolean {
  if (!isObject(data)) return false;
  const { pieces, methods, until, halfClose, upgrade, contents, value, messages } = data;
  return (
    Array.isArray(pieces) &&
    pieces.every(
      (piece) => isObject(piece) && typeof piece["bytes"] === "string" && MOMENTS.has(piece["after"]),
    ) &&
    Array.isArray(methods) &&
    methods.every(isText) &&
    (until === "closed" ||
      typeof until === "number" ||
      (isObject(until) && typeof until["bytes"] === "string")) &&
    typeof halfClose === "boolean" &&
    (upgrade === undefined || upgrade === "websocket") &&
    (contents === undefined || (Array.isArray(contents) && contents.every(isText))) &&
    (value === undefined || isText(value)) &&
    (messages === undefined || typeof messages === "number")
  );
}

const isText = (data: unknown) => typeof data === "string";

function isObject(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null;
}
