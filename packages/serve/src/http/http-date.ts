import { setTimeout } from "node:timers";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = /* @__PURE__ */ MONTHS.join("|");
const TIME = "([0-9]{2}):([0-9]{2}):([0-9]{2})";

/** RFC 9110 §5.6.7: the form that senders use, and the two obsolete ones that a recipient has to accept. */
const IMF_FIXDATE = /* @__PURE__ */ new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{2}) (${MONTH}) ([0-9]{4}) ${TIME} GMT$`,
);
const RFC850_DATE = /* @__PURE__ */ new RegExp(
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, ([0-9]{2})-(${MONTH})-([0-9]{2}) ${TIME} GMT$`,
);
const ASCTIME_DATE = /* @__PURE__ */ new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (${MONTH}) ([0-9]{2}| [0-9]) ${TIME} ([0-9]{4})$`,
);

/**
 * Parses an HTTP-date (RFC 9110 §5.6.7). `Date.parse` accepts nearly every text.
 * @returns seconds since the epoch; null for an invalid date, which the fields with dates require to be ignored
 * @param now milliseconds since the epoch, for the year of two digits
 */
export function parseHTTPDate(text: string, now: number = Date.now()): number | null {
  const fixed = IMF_FIXDATE.exec(text);
  if (fixed !== null) return seconds(fixed[3]!, fixed[2]!, fixed[1]!, fixed, 4);
  const rfc850 = RFC850_DATE.exec(text);
  if (rfc850 !== null) {
    const limit = new Date(now);
    const current = limit.getUTCFullYear();
    limit.setUTCFullYear(current + 50);
    const year = current - (current % 100) + Number(rfc850[3]);
    const inYear = (each: number) => seconds(`${each}`, rfc850[2]!, rfc850[1]!, rfc850, 4);
    const time = inYear(year);
    // A time more than 50 years ahead is one of the most recent year in the past with these digits.
    return time !== null && time * 1000 > limit.getTime() ? inYear(year - 100) : time;
  }
  const asctime = ASCTIME_DATE.exec(text);
  return asctime === null ? null : seconds(asctime[6]!, asctime[1]!, asctime[2]!, asctime, 3);
}

/** @param at where hour, minute and second are in `match` */
function seconds(
  year: string,
  month: string,
  day: string,
  match: RegExpExecArray,
  at: number,
): number | null {
  const [hour, minute, second] = [Number(match[at]), Number(match[at + 1]), Number(match[at + 2])];
  // A leap second is part of the grammar.
  if (hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), MONTHS.indexOf(month), Number(day));
  // A date that no calendar has, such as 31 April, would become another one.
  if (date.getUTCDate() !== Number(day)) return null;
  return date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
}

/** An IMF-fixdate. `seconds` since the epoch. */
export function formatHTTPDate(seconds: number): string {
  return new Date(seconds * 1000).toUTCString();
}

/** The current second as text; empty when it is over. */
let currentText = "";

/**
 * The current time for a Date field (IMF-fixdate, RFC 9110 §5.6.7). It is made once a second and not once a response. A timer clears
 * it at the end of the second: a call of the clock for each response would cost more than everything else here.
 */
export function currentDate(): string {
  if (currentText === "") {
    const now = Date.now();
    currentText = new Date(now).toUTCString();
    setTimeout(forget, 1000 - (now % 1000)).unref();
  }
  return currentText;
}

function forget(): void {
  currentText = "";
}
