/**
 * A parameter: a name and a value, in quotation marks or without; or nothing, as behind a last semicolon. A quotation mark behind a
 * backslash is a part of the value, unless another parameter or the end follows: browsers escape nothing with a backslash, and
 * so a name may end in one.
 *
 * No two repetitions that take the same characters stand beside each other: of 8,000 blanks that would take 200 ms.
 */
const PARAMETER =
  /[ \t]*;[ \t]*(?:([^\s=;"]+)[ \t]*=[ \t]*(?:"((?:\\"(?![ \t]*(?:$|;[ \t]*(?:$|[\w*-]+[ \t]*=)))|[^"])*)"[ \t]*|([^;"]*)))?/y;

/**
 * The parameters of a value such as `form-data; name="a"`, their names in lower case. A backslash escapes a quotation mark and nothing
 * else: browsers send the paths of Windows as they are.
 *
 * @returns null if the value is not `expected`, or what follows is not parameters
 */
export function parameters(value: string, expected: string): Map<string, string> | null {
  const semicolon = value.indexOf(";");
  const end = semicolon < 0 ? value.length : semicolon;
  if (value.slice(0, end).trim().toLowerCase() !== expected) return null;
  const found = new Map<string, string>();
  for (let position = end; position < value.length; position = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = position;
    const match = PARAMETER.exec(value);
    if (match === null) return null;
    const [, name, quoted, plain] = match;
    if (name === undefined) continue;
    const key = name.toLowerCase();
    if (!found.has(key)) found.set(key, quoted?.replaceAll('\\"', '"') ?? plain!.trim());
  }
  return found;
}
