import { isToken } from "./field-value.ts";
import { MAX_EXTENSION_PARAMS, MAX_EXTENSIONS } from "./limits.ts";

/** One element of Sec-WebSocket-Extensions: a client's offer, or a server's response (RFC 6455 §9.1). */
export interface Extension {
  readonly name: string;
  /** In order, repeated ones too; null for a parameter without a value. */
  readonly params: ReadonlyArray<readonly [name: string, value: string | null]>;
}

// Sticky, and each a sequence of runs of one class of characters, so that no input makes them backtrack.
const SEPARATORS = /[ \t,]*/y;
const NAME = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*/y;
const PARAM_NAME = /;[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*/y;
const TOKEN_VALUE = /=[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*/y;
/** Only these characters can be in quotes: without its backslashes the value must be a token. */
const QUOTED_VALUE = /=[ \t]*"([!#$%&'*+\-.^_`|~0-9A-Za-z\\]+)"[ \t]*/y;

/**
 * Reads the value of Sec-WebSocket-Extensions, repeated fields joined by commas. Takes linear time for any input.
 *
 * White space may stand around commas, semicolons and the equals sign: RFC 6455 takes its grammar from RFC 2616. Empty elements of
 * the list are ignored (RFC 9110 §5.6.1.2). Names keep their case; compare them with it.
 *
 * @returns null if the header breaks the grammar of §9.1, which must fail the connection, or has more than {@link MAX_EXTENSIONS} or
 * {@link MAX_EXTENSION_PARAMS}.
 */
export function parseExtensions(header: string): Extension[] | null {
  const list: Extension[] = [];
  let at = 0;

  /** Matches `pattern` at `at`, and moves `at` behind the match; null if it does not match there. */
  function take(pattern: RegExp): string | null {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match === null) return null;
    at = pattern.lastIndex;
    return match[1] ?? "";
  }

  for (;;) {
    take(SEPARATORS);
    if (at === header.length) return list.length === 0 ? null : list;
    const name = take(NAME);
    if (name === null || list.length === MAX_EXTENSIONS) return null;
    const params: Array<readonly [string, string | null]> = [];
    while (header[at] === ";") {
      const param = take(PARAM_NAME);
      if (param === null || params.length === MAX_EXTENSION_PARAMS) return null;
      let value = take(TOKEN_VALUE);
      if (value === null && header[at] === "=") {
        value = unescaped(take(QUOTED_VALUE));
        if (value === null) return null;
      }
      params.push([param, value]);
    }
    if (at < header.length && header[at] !== ",") return null;
    list.push({ name, params });
  }
}

/**
 * The header that {@link parseExtensions} reads as `list`; "" for none: the field must not be sent then.
 *
 * @throws TypeError if a name or a value is not a token (RFC 9110 §5.6.2).
 */
export function formatExtensions(list: readonly Extension[]): string {
  return list.map(({ name, params }) => [token(name), ...params.map(formatParam)].join("; ")).join(", ");
}

function formatParam([name, value]: readonly [string, string | null]): string {
  return value === null ? token(name) : `${token(name)}=${token(value)}`;
}

/** Checks the text: a line break in it would end the field. */
function token(text: string): string {
  if (!isToken(text)) throw new TypeError(`${JSON.stringify(text)} is not a token (RFC 9110 §5.6.2)`);
  return text;
}

/** A quoted-string's content without its backslashes (RFC 9110 §5.6.4), or null unless that is a token. */
function unescaped(content: string | null): string | null {
  if (content === null) return null;
  const value = content.replace(/\\(.)/g, "$1");
  return isToken(value) ? value : null;
}
