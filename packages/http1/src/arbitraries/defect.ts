import fc from "fast-check";
import type { ErrorCode } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { type FieldLine, fieldLine, plainFields } from "./fields.ts";
import { hostValue, originForm } from "./target.ts";
import { anyCase, CONTROL_CHARACTERS, latin1, token } from "./text.ts";

/** A message that must be refused, and with which code. */
export interface InvalidMessage {
  readonly code: ErrorCode;
  readonly bytes: Uint8Array;
  /** The limits under which it has this defect; the default ones if it breaks no limit. */
  readonly limits: Partial<Limits>;
  /** Whether it is only invalid because the connection ends behind it. */
  readonly ended: boolean;
}

export function invalid(
  code: ErrorCode,
  text: string | Uint8Array,
  limits: Partial<Limits> = {},
): InvalidMessage {
  return {
    code,
    bytes: typeof text === "string" ? latin1(text) : text,
    limits,
    ended: code === "PREMATURE_END",
  };
}

/** A valid head in pieces, for a defect to be put into one of them. */
export interface Head {
  readonly method: string;
  readonly target: string;
  readonly before: readonly string[];
  readonly host: string;
  readonly after: readonly string[];
}

const lines: fc.Arbitrary<string[]> = plainFields.map((fields: FieldLine[]) =>
  fields.map(({ line }) => line),
);
export const ordinaryMethod: fc.Arbitrary<string> = token.filter((method) => method !== "CONNECT");

export const head: fc.Arbitrary<Head> = fc.record({
  method: ordinaryMethod,
  target: originForm,
  before: lines,
  host: fieldLine(anyCase("host"), hostValue).map(({ line }) => line),
  after: lines,
});

export function write(line: string, fields: readonly string[]): string {
  return `${[line, ...fields].join("\r\n")}\r\n\r\n`;
}

/** Heads whose request line is `line`. */
export function withLine(
  code: ErrorCode,
  line: (head: Head) => fc.Arbitrary<string>,
): fc.Arbitrary<InvalidMessage> {
  return head.chain((h) =>
    line(h).map((text) => invalid(code, write(text, [...h.before, h.host, ...h.after]))),
  );
}

/** Heads into which `extra` field lines were put; without a Host of their own if `host` is false. */
export function withLines(
  code: ErrorCode,
  extra: fc.Arbitrary<readonly string[]>,
  options: { host?: boolean; minor?: 0 | 1 } = {},
): fc.Arbitrary<InvalidMessage> {
  const { host = true, minor = 1 } = options;
  return fc.tuple(head, extra, fc.boolean()).map(([h, more, hostFirst]) => {
    const own = host ? [h.host] : [];
    const fields = hostFirst
      ? [...own, ...h.before, ...more, ...h.after]
      : [...h.before, ...more, ...h.after, ...own];
    return invalid(code, write(`${h.method} ${h.target} HTTP/1.${minor}`, fields));
  });
}

export const withLineOf = (code: ErrorCode, line: fc.Arbitrary<string>): fc.Arbitrary<InvalidMessage> =>
  withLines(
    code,
    line.map((one) => [one]),
  );

/** `text` with `piece` put in somewhere. */
export function inserted(text: string, piece: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(piece, fc.nat(text.length)).map(([what, at]) => text.slice(0, at) + what + text.slice(at));
}

export const control: fc.Arbitrary<string> = fc.constantFrom(...CONTROL_CHARACTERS);

/** Field lines named `name`, in any case, with each of the values. */
export function named(name: string, ...values: fc.Arbitrary<string>[]): fc.Arbitrary<readonly string[]> {
  return fc.tuple(...values.map((value) => fieldLine(anyCase(name), value).map(({ line }) => line)));
}
