/**
 * The lexical rules of RFC 9110 §5 and RFC 9112, over text in which one character is one byte (latin1).
 *
 * The sticky patterns are shared and keep their position in `lastIndex`; `matchEnd` is the only way they are
 * used, so no position survives from one use to the next.
 */

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
/** VCHAR without `#`: a request target has no fragment (RFC 9112 §3.2), and one that is let through splits caches. */
const TARGET = /[\x21\x22\x24-\x7e]+/y;
/** field-content: visible characters, obs-text, and SP or HTAB between them (RFC 9110 §5.5). */
const FIELD_VALUE = /[\t\x20-\x7e\x80-\xff]*/y;
/** Any number of whole field lines; one run over a block costs less than two runs a line. */
const FIELD_LINES = /(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*/y;

/** uri-host [ ":" port ] of RFC 9110 §7.2: an IP literal, or a reg-name, which may be empty. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?$/;
/** scheme "://" authority, of absolute-form (RFC 9112 §3.2.2). */
const ABSOLUTE_FORM = /^[A-Za-z][A-Za-z0-9+\-.]*:\/\/([^/?]*)/;

function matchEnd(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

/** The end of the token that begins at `from`; `from` itself if there is none. */
export function tokenEnd(text: string, from: number): number {
  return matchEnd(TOKEN, text, from);
}

export function targetEnd(text: string, from: number): number {
  return matchEnd(TARGET, text, from);
}

export function fieldValueEnd(text: string, from: number): number {
  return matchEnd(FIELD_VALUE, text, from);
}

/** The end of the last whole and valid field line of the run that begins at `from`. */
export function fieldLinesEnd(text: string, from: number): number {
  return matchEnd(FIELD_LINES, text, from);
}

export function isToken(text: string): boolean {
  return text.length > 0 && tokenEnd(text, 0) === text.length;
}

/** What may stand in a field value or reason phrase: no CR, LF, NUL or other control, no character past 255. */
export function isFieldValue(text: string): boolean {
  return fieldValueEnd(text, 0) === text.length;
}

export function isHost(value: string): boolean {
  return HOST.test(value);
}

/** The authority of an absolute-form target, or null if the target is not of that form. */
export function absoluteFormAuthority(target: string): string | null {
  return ABSOLUTE_FORM.exec(target)?.[1] ?? null;
}

/** A Content-Length value (RFC 9110 §8.6): digits only. -1 if it is anything else; Infinity past 2^53 - 1. */
export function parseContentLength(value: string): number {
  if (!/^[0-9]+$/.test(value)) return -1;
  const length = Number(value);
  return Number.isSafeInteger(length) ? length : Number.POSITIVE_INFINITY;
}

/** The members of a #rule list (RFC 9110 §5.6.1), lower-cased; empty members are skipped, as §5.6.1.2 asks. */
export function listMembers(value: string): string[] {
  const members: string[] = [];
  for (const member of value.split(",")) {
    const trimmed = trimWhitespace(member, 0, member.length);
    if (trimmed !== "") members.push(trimmed.toLowerCase());
  }
  return members;
}

/** `text` from `start` to `end` without the SP and HTAB around it (OWS, RFC 9110 §5.6.3). */
export function trimWhitespace(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isWhitespace(text.charCodeAt(from))) from++;
  while (to > from && isWhitespace(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

export function isWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
