import { createHash } from "node:crypto";

/** One member of a list of entity tags, with the empty members in front of it (RFC 9110 §8.8.3, §5.6.1.2). */
const NEXT_TAG = /[\t ,]*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")/y;
/** Between two members there is a comma; behind the last one there may be. */
const SEPARATOR = /[\t ]*(?:,[\t ,]*|$)/y;

/**
 * Whether If-Match or If-None-Match, with this value, names an entity tag (RFC 9110 §13.1.1, §13.1.2).
 * @param current the representation's tag; null if it has none: then only `*` names it
 * @param strongly If-Match compares strongly: a weak tag is equal to none (§8.8.3.2)
 * @returns false also for what is no list of tags
 */
export function namesETag(value: string, current: string | null, strongly: boolean): boolean {
  if (value === "*") return true;
  let found = false;
  for (let at = 0; at < value.length; ) {
    NEXT_TAG.lastIndex = at;
    const match = NEXT_TAG.exec(value);
    if (match === null) return false;
    if (current !== null)
      found ||= strongly ? isSameStrongly(match[1]!, current) : opaque(match[1]!) === opaque(current);
    SEPARATOR.lastIndex = NEXT_TAG.lastIndex;
    if (!SEPARATOR.test(value)) return false;
    at = SEPARATOR.lastIndex;
  }
  return found;
}

/** RFC 9110 §8.8.3.2, strong comparison. */
export function isSameStrongly(a: string, b: string): boolean {
  return a === b && !a.startsWith("W/");
}

/** The tag without its mark of weakness: what the weak comparison looks at. */
function opaque(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}

/**
 * A strong entity tag of content: the same for the same bytes in every process. 16 hexadecimal digits, as Bun's; two
 * versions of one resource get the same once in 2^64.
 */
export function strongETag(content: string | Uint8Array): string {
  return `"${createHash("sha256").update(content).digest("hex").slice(0, 16)}"`;
}
