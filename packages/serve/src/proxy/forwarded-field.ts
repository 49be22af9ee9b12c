/** What one proxy tells of the connection that it has received: the parameters of RFC 7239 §4 by their names in lower case. */
export type ForwardedElement = ReadonlyMap<string, string>;

/** The white space around the delimiters. RFC 7239 has none around `;`, but senders write it as around `,`. */
const SPACE = /[ \t]*/y;
/**
 * forwarded-pair = token "=" ( token / quoted-string ). The two kinds of characters in a quoted-string exclude each other, so that
 * this takes linear time.
 */
const PAIR =
  /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]+)|"((?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*)")/y;
const QUOTED_PAIR = /\\(.)/g;

/**
 * The value of the field `Forwarded` (RFC 7239 §4), several lines joined: an element for each proxy, the nearest one's last.
 * @returns null for a value that breaks the grammar, or has a parameter twice in one element. An unclosed quotation mark of a client swallows what
 *   proxies add behind it, so that no part of such a value means anything
 */
export function parseForwarded(value: string): ForwardedElement[] | null {
  const elements: ForwardedElement[] = [];
  let at = skipSpace(value, 0);
  while (at < value.length) {
    // An empty element of the list (RFC 9110 §5.6.1).
    if (value[at] === ",") {
      at = skipSpace(value, at + 1);
      continue;
    }
    const element = new Map<string, string>();
    const end = readElement(value, at, element);
    if (end < 0) return null;
    elements.push(element);
    at = end;
  }
  return elements;
}

/** @returns the place of the comma behind the element, or the end; -1 if it is malformed */
function readElement(value: string, start: number, element: Map<string, string>): number {
  let at = start;
  while (at < value.length && value[at] !== ",") {
    if (value[at] !== ";") {
      PAIR.lastIndex = at;
      const match = PAIR.exec(value);
      if (match === null) return -1;
      const name = match[1]!.toLowerCase();
      if (element.has(name)) return -1;
      element.set(name, match[2] ?? match[3]!.replace(QUOTED_PAIR, "$1"));
      at = skipSpace(value, PAIR.lastIndex);
    }
    if (value[at] === ";") at = skipSpace(value, at + 1);
    else if (at < value.length && value[at] !== ",") return -1;
  }
  return at;
}

function skipSpace(value: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(value);
  return SPACE.lastIndex;
}
