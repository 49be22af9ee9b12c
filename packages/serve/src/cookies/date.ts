/** Everything between the parts of a date (RFC 6265 §5.1.1, `delimiter`). */
const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;
const TIME = /^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])/;
const DAY_OF_MONTH = /^([0-9]{1,2})(?![0-9])/;
const YEAR = /^([0-9]{2,4})(?![0-9])/;
const MONTHS: readonly string[] = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** What browsers can read: years before 1601 and those of five digits they ignore (RFC 6265 §5.1.1). */
const EARLIEST = Date.UTC(1601, 0, 1);
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * Reads a date as browsers read that of a cookie (RFC 6265 §5.1.1): its parts in any order, zones ignored.
 * @returns null for what is no date, such as the 31st of February
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
  // A day that the month does not have has become one of the next.
  return date.getUTCDate() === day ? date : null;
}

/** Writes a date for `Expires` (RFC 6265 §4.1.1, RFC 1123's form); the nearest one that browsers can read. */
export function formatCookieDate(date: Date): string {
  return new Date(Math.min(Math.max(date.getTime(), EARLIEST), LATEST)).toUTCString();
}

function numberAt(pattern: RegExp, token: string): number | undefined {
  const match = pattern.exec(token);
  return match === null ? undefined : Number(match[1]);
}
