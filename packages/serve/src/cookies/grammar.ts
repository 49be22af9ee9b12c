import type { CookieInit, CookieSameSite } from "./types.ts";

/** The characters of a field's value (RFC 9110 §5.5). */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const SAME_SITE: ReadonlySet<string> = new Set<CookieSameSite>(["strict", "lax", "none"]);

/**
 * The pairs of a `Cookie` field (RFC 6265 §4.2.1), in their order. A pair without a name or without `=` is left out. Values are
 * percent-decoded; a value that is not percent-encoded UTF-8 stays as it is.
 */
export function parseCookieHeader(header: string): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (const part of header.split(";")) {
    const equals = part.indexOf("=");
    if (equals < 0) continue;
    const name = trim(part.slice(0, equals));
    if (name !== "") pairs.push([name, decode(trim(part.slice(equals + 1)))]);
  }
  return pairs;
}

/**
 * Reads a `Set-Cookie` field as browsers do (RFC 6265 §5.2): attributes in any case and order, the last one of a name is used, and
 * unknown or invalid ones are ignored. As in Bun the value is not decoded.
 * @throws TypeError for a text that HTTP cannot carry, or one without a name
 */
export function parseSetCookie(text: string): CookieInit {
  if (trim(text) !== text || !FIELD_VALUE.test(text)) {
    throw new TypeError("A cookie string must be a valid value of an HTTP field, without spaces around it");
  }
  const [pair = "", ...attributes] = text.split(";");
  const equals = pair.indexOf("=");
  if (equals < 0)
    throw new TypeError(`A cookie string must begin with name=value, not ${JSON.stringify(pair)}`);
  const init: CookieInit = { name: trim(pair.slice(0, equals)), value: trim(pair.slice(equals + 1)) };
  for (const attribute of attributes) {
    const at = attribute.indexOf("=");
    const name = trim(at < 0 ? attribute : attribute.slice(0, at)).toLowerCase();
    readAttribute(init, name, at < 0 ? "" : trim(attribute.slice(at + 1)));
  }
  return init;
}

function readAttribute(init: CookieInit, name: string, value: string): void {
  switch (name) {
    case "domain":
      if (value !== "") init.domain = value.toLowerCase();
      break;
    case "path":
      // Any other value means the default (RFC 6265 §5.2.4).
      init.path = value.startsWith("/") ? value : "/";
      break;
    case "expires": {
      const date = parseCookieDate(value);
      if (date !== null) init.expires = date;
      break;
    }
    case "max-age":
      if (/^-?[0-9]+$/.test(value)) init.maxAge = clampSeconds(Number(value));
      break;
    case "samesite": {
      const mode = value.toLowerCase();
      if (SAME_SITE.has(mode)) init.sameSite = mode as CookieSameSite;
      break;
    }
    case "secure":
      init.secure = true;
      break;
    case "httponly":
      init.httpOnly = true;
      break;
    case "partitioned":
      init.partitioned = true;
  }
}

/** Limits seconds to the integers that a number can represent exactly. */
export function clampSeconds(seconds: number): number {
  return Math.min(Math.max(seconds, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

/** Percent-encodes the percent sign, and all characters that RFC 6265 §4.1.1 forbids in a value. */
export function encodeCookieValue(value: string): string {
  // A lone surrogate has no encoding.
  return encodeURIComponent(value.replace(/\p{Surrogate}/gu, "\ufffd"));
}

function decode(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/**
 * Removes SP and HTAB, the whitespace of this grammar; the Fetch standard's (`fetch/header-syntax`) has CR and LF, too.
 * `String.prototype.trim` would take bytes of UTF-8 for spaces: U+00A0 stands for the second byte of an à.
 */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** The characters between the parts of a date (RFC 6265 §5.1.1, `delimiter`). */
const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;
const TIME = /^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])/;
const DAY_OF_MONTH = /^([0-9]{1,2})(?![0-9])/;
const YEAR = /^([0-9]{2,4})(?![0-9])/;
const MONTHS: readonly string[] = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** The dates that browsers can read: they ignore years before 1601 and years of five digits (RFC 6265 §5.1.1). */
const EARLIEST = Date.UTC(1601, 0, 1);
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * Reads the date of a cookie as browsers do (RFC 6265 §5.1.1): the parts in any order, without the zone.
 * @returns null for any other text, and for a date such as the 31st of February
 */
export function parseCookieDate(text: string): Date | null {
  let time: RegExpExecArray | null = null;
  let day: number | undefined;
  let month: number | undefined;
  let year: number | undefined;
  for (const token of text.split(DELIMITERS)) {
    if (time === null) {
      time = TIME.exec(token);
      if (time !== null) continue;
    }
    if (day === undefined) {
      day = numberAt(DAY_OF_MONTH, token);
      if (day !== undefined) continue;
    }
    if (month === undefined) {
      const index = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
      if (index >= 0) {
        month = index;
        continue;
      }
    }
    year ??= numberAt(YEAR, token);
  }
  if (time === null || day === undefined || month === undefined || year === undefined) return null;
  const [hour, minute, second] = time.slice(1).map(Number) as [number, number, number];
  const fullYear = year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
  if (fullYear < 1601 || hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(Date.UTC(fullYear, month, day, hour, minute, second));
  // A day past the end of its month has become a day of the next one.
  return date.getUTCDate() === day ? date : null;
}

/** The date for `Expires` (RFC 6265 §4.1.1) in RFC 1123's form, or the nearest one that browsers can read. */
export function formatCookieDate(date: Date): string {
  return new Date(Math.min(Math.max(date.getTime(), EARLIEST), LATEST)).toUTCString();
}

function numberAt(pattern: RegExp, token: string): number | undefined {
  const match = pattern.exec(token);
  return match === null ? undefined : Number(match[1]);
}
