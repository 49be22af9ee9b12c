/**
 * The lexical rules of RFC 9110 §5 and RFC 9112, over text in which one character is one byte (latin1).
 *
 * The sticky patterns are shared and keep their position in `lastIndex`; only `matchEnd` uses
 * them, so that no position survives from one use to the next.
 */

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
/** VCHAR without `#`: a request target has no fragment (RFC 9112 §3.2), and a server that accepts one splits caches. */
const TARGET = /[\x21\x22\x24-\x7e]+/y;
/** A whole request line of HTTP/1.x (RFC 9112 §3) with its CRLF, of the characters above. */
const REQUEST_LINE = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21\x22\x24-\x7e]+ HTTP\/1\.[0-9]\r\n/y;
/**
 * A whole status line of HTTP/1.x (RFC 9112 §4) with its CRLF. A server must send the space behind the status without a reason too;
 * some leave it out, and a recipient may accept that, as browsers, curl, Node.js and Bun do.
 */
const STATUS_LINE = /HTTP\/1\.[0-9] [0-9]{3}(?: [\t\x20-\x7e\x80-\xff]*)?\r\n/y;
/** field-content: visible characters, obs-text, and SP or HTAB between them (RFC 9110 §5.5). */
const FIELD_VALUE = /[\t\x20-\x7e\x80-\xff]*/y;
/** Any number of whole field lines; one run over a block costs less than two runs a line. */
const FIELD_LINES = /(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*/y;

/** uri-host [ ":" port ] of RFC 9110 §7.2: a reg-name, which may be empty, or anything between brackets. */
const HOST =
  /^(?:\[([0-9A-Za-z\-._~!$&'()*+,;=:]+)\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?$/;
/**
 * The most characters of a host with its port: names have at most 255 (RFC 3986 §3.2.2). Node.js takes quadratic time for some long hosts of
 * URLs: one of 32 KB in Punycode took 490 ms on Node.js 20, and one with percent-encoded accents 17 ms on Node.js 26.
 */
const HOST_CHARACTERS = 261;
/** IPvFuture of RFC 3986 §3.2.2. */
const IP_FUTURE = /^[vV][0-9A-Fa-f]+\..+$/;
const IP_V4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;
const IP_V6_GROUP = /^[0-9A-Fa-f]{1,4}$/;
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

/** The beginning of the line behind the request line at `from`; `from` itself if the request line is not valid. */
export function requestLineEnd(text: string, from: number): number {
  return matchEnd(REQUEST_LINE, text, from);
}

/** The beginning of the line behind the status line at `from`; `from` itself if the status line is not valid. */
export function statusLineEnd(text: string, from: number): number {
  return matchEnd(STATUS_LINE, text, from);
}

export function fieldValueEnd(text: string, from: number): number {
  return matchEnd(FIELD_VALUE, text, from);
}

/** The end of the last whole and valid field line of the run that begins at `from`. */
export function fieldLinesEnd(text: string, from: number): number {
  return matchEnd(FIELD_LINES, text, from);
}

/** False for a value that is not a string, too: an array with one string has a length and is written as that string. */
export function isToken(text: string): boolean {
  return typeof text === "string" && text.length > 0 && tokenEnd(text, 0) === text.length;
}

/** Whether `text` is valid as a field value or reason phrase: no CR, LF, NUL or other control, no character past 255. */
export function isFieldValue(text: string): boolean {
  return typeof text === "string" && fieldValueEnd(text, 0) === text.length;
}

/** A host with an optional port, as in the Host field and in authorities without userinfo. */
export function isHost(value: string): boolean {
  if (value.length > HOST_CHARACTERS) return false;
  const match = HOST.exec(value);
  if (match === null) return false;
  const literal = match[1];
  return literal === undefined || IP_FUTURE.test(literal) || isIPv6(literal);
}

/** IPv6address of RFC 3986 §3.2.2: eight groups, of which "::" stands for one or more, the last two maybe as IPv4. */
function isIPv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [i, half] of halves.entries()) {
    const parts = half === "" ? [] : half.split(":");
    for (const [j, part] of parts.entries()) {
      const last = i === halves.length - 1 && j === parts.length - 1;
      if (last && IP_V4.test(part)) groups += 2;
      else if (IP_V6_GROUP.test(part)) groups++;
      else return false;
    }
  }
  return halves.length === 2 ? groups <= 7 : groups === 8;
}

/** The authority of an absolute-form target, or null if the target is not of that form. */
export function absoluteFormAuthority(target: string): string | null {
  return ABSOLUTE_FORM.exec(target)?.[1] ?? null;
}

/** A Content-Length value (RFC 9110 §8.6): digits only. Null if it is anything else; Infinity past 2^53 - 1. */
export function parseContentLength(value: string): number | null {
  if (value === "") return null;
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return null;
    // A number past 2^53 - 1 is not exact, but stays above it.
    length = length * 10 + digit;
  }
  return length <= Number.MAX_SAFE_INTEGER ? length : Number.POSITIVE_INFINITY;
}

/** The members of a #rule list (RFC 9110 §5.6.1), lower-cased; empty members are skipped, as §5.6.1.2 demands. */
export function listMembers(value: string): string[] {
  // Most lists have one member, which needs no array of parts.
  if (!value.includes(",")) return listMember(value);
  return value.split(",").flatMap(listMember);
}

function listMember(text: string): string[] {
  const trimmed = trimWhitespace(text, 0, text.length);
  return trimmed === "" ? [] : [trimmed.toLowerCase()];
}

/** `text` from `start` to `end` without the SP and HTAB around it (OWS, RFC 9110 §5.6.3). */
export function trimWhitespace(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isWhitespace(text.charCodeAt(from))) from++;
  while (to > from && isWhitespace(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

export function isTokenByte(code: number): boolean {
  return isToken(String.fromCharCode(code));
}

export function isWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
