const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether `text` is a token (RFC 9110 §5.6.2), as subprotocols, extensions and their parameters must be. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * `value` without spaces and tabs around it (OWS, RFC 9110 §5.6.3). A loop, since `trim()` removes other characters too, and a
 * regular expression reads each run of spaces within the value once for each of its spaces: 330 ms for 30,000.
 */
export function trimOws(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isOws(value.charCodeAt(start))) start++;
  while (end > start && isOws(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

/** The elements of a comma-separated list; empty ones are ignored (RFC 9110 §5.6.1.2). */
export function splitList(value: string): string[] {
  return value
    .split(",")
    .map(trimOws)
    .filter((element) => element !== "");
}

/** Whether a list has an element that `token` matches as a whole. A missing field has no elements. */
export function hasToken(value: string | null, token: RegExp): boolean {
  // Mostly it is the only one.
  return value !== null && (token.test(value) || splitList(value).some((element) => token.test(element)));
}

function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
