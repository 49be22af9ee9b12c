import { isToken } from "./field-value.ts";
import { MAX_EXTENSION_PARAMS, MAX_EXTENSIONS } from "./limits.ts";

/** One element of Sec-WebSocket-Extensions: an offer of the client's, or the server's answer (RFC 6455 §9.1). */
export interface Extension {
  readonly name: string;
  /** In order, repeated ones too; null for a parameter without a value. */
  readonly params: ReadonlyArray<readonly [name: string, value: string | null]>;
}

// Sticky, and each a run of one class of characters behind the other, so that no input makes them go back and forth.
const SEPARATORS = /[ \t,]*/y;
const NAME = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*/y;
const PARAM_NAME = /;[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*/y;
const TOKEN_VALUE = /=[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*/y;
/** No other characters than these can be in quotes: without its backslashes the value must be a token. */
const QUOTED_VALUE = /=[ \t]*"([!#$%&'*+\-.^_`|~0-9A-Za-z\\]+)"[ \t]*/y;

/**
 * Reads the value of Sec-WebSocket-Extensions, repeated fields joined by commas. Takes linear time, whatever it is given.
 *
 * White space may stand around commas, semicolons and the equals sign, as RFC 6455 takes its grammar from RFC 2616; empty
 * elements of the list are ignored (RFC 9110 §5.6.1.2). Names keep their case, and so must be compared.
 *
 * @returns null if the header breaks the grammar of §9.1, which must fail the connection, or has more in it than anyone needs:
 * {@link MAX_EXTENSIONS}, {@link MAX_EXTENSION_PARAMS}.
 */
export function parseExtensions(header: string): Extension[] | null {
  const list: Extension[] = [];
  let at = 0;

  /** What `pattern` matches at `at`, which moves behind it; null if it does not match there. */
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
 * The header that {@link parseExtensions} reads as `list`; "" for none, in which case the field must not be sent.
 *
 * @throws TypeError if a name or a value is not a token (RFC 9110 §5.6.2).
 */
export function formatExtensions(list: readonly Extension[]): string {
  return list.map(({ name, params }) => [token(name), ...params.map(formatParam)].join("; ")).join(", ");
}

function formatParam([name, value]: readonly [string, string | null]): string {
  return value === null ? token(name) : `${token(name)}=${token(value)}`;
}

/** Checked, since a line break in it would be the end of the field. */
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
