import { type SQLToken, tokens } from "./sql-text.ts";

/** A name that no schema has. */
const UNKNOWN = "mantou_unknown";
const COLUMN = /^(?:no such column|ambiguous column name): (.*)$/s;
const FUNCTION =
  /^(?:no such function: (\S+)|(?:wrong number of arguments to function|misuse of aggregate(?: function)?|misuse of window function):? (\S+)\(\)|(\S+)\(\) may not be used as a window function)$/;
const EXISTS = /^(?:table|view|trigger) (.*) already exists$/s;

/**
 * The offset of the token that an error of compiling refers to. No back end has `sqlite3_error_offset`. The message has the token, and
 * where that stands several times, SQLite is asked with other texts.
 * @param messageOf the message with which a text fails to compile
 * @returns in bytes of UTF-8; -1 if the message names no token, or one that does not stand in the text
 */
export function errorOffset(message: string, sql: string, messageOf: (sql: string) => string): number {
  const start = offsetInText(message, sql, messageOf);
  return start < 0 ? -1 : Buffer.byteLength(sql.slice(0, start));
}

function offsetInText(message: string, sql: string, messageOf: (sql: string) => string): number {
  const near = /^(?:near "(.*)": syntax error|unrecognized token: "(.*)")$/s.exec(message);
  if (near !== null) return syntaxError(near[1] ?? near[2]!, message, sql, messageOf);
  const column = COLUMN.exec(message)?.[1];
  if (column !== undefined) {
    const all = [...tokens(sql)];
    const at = placeOf(unquoted(column).split("."), all, "column", message, messageOf, sql);
    return isAssigned(all, at) ? -1 : (all[at]?.start ?? -1);
  }
  const called = FUNCTION.exec(message)
    ?.slice(1)
    .find((name) => name !== undefined);
  const name = called ?? EXISTS.exec(message)?.[1];
  if (name === undefined) return -1;
  const all = [...tokens(sql)];
  return (
    all[placeOf([name], all, called === undefined ? "table" : "function", message, messageOf, sql)]?.start ??
    -1
  );
}

/**
 * The parser stops at the first token that cannot follow. Of several equal ones, the text up to it fails with the same message, and so does
 * each longer text: a search by halves finds it in a text of any length.
 */
function syntaxError(near: string, message: string, sql: string, messageOf: (sql: string) => string): number {
  const places: number[] = [];
  for (const { start } of tokens(sql)) {
    const end = start + near.length;
    if (sql.startsWith(near, start) && !/^[\w$\u0080-\uffff]{2}$/.test(sql.slice(end - 1, end + 1)))
      places.push(start);
  }
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messageOf(sql.slice(0, places[middle]! + near.length)) === message) high = middle;
    else low = middle + 1;
  }
  return places[low] ?? sql.lastIndexOf(near);
}

/** So many equal names are tried: each compiles the whole text. */
const MOST_PLACES = 100;

/**
 * The number of the token at which a name such as `a.b` begins. If it stands several times, the right one is the one whose
 * renaming changes the message.
 */
function placeOf(
  parts: readonly string[],
  all: readonly SQLToken[],
  kind: "column" | "function" | "table",
  message: string,
  messageOf: (sql: string) => string,
  sql: string,
): number {
  const wanted = parts.flatMap((part, i) => (i === 0 ? [part] : [".", part]));
  const places: number[] = [];
  for (const [at, first] of all.entries()) {
    const matches = wanted.every(
      (name, i) => unquoted(all[at + i]?.text ?? "").toLowerCase() === name.toLowerCase(),
    );
    if (!matches || first.text.startsWith("'") || all[at - 1]?.text === ".") continue;
    const follows = all[at + wanted.length]?.text;
    if (kind === "function" ? follows === "(" : follows !== ".") places.push(at);
    if (places.length > MOST_PLACES) return places[0]!;
  }
  if (places.length < 2) return places[0] ?? -1;
  const isIt = (at: number): boolean => {
    const { text, start } = all[at + wanted.length - 1]!;
    const other = messageOf(sql.slice(0, start) + UNKNOWN + sql.slice(start + text.length));
    return other.includes(UNKNOWN) && (COLUMN.test(other) || FUNCTION.test(other) || EXISTS.test(other));
  };
  // Of two aggregates, one within the other, the inner one is misused.
  return (message.startsWith("misuse") ? places.findLast(isIt) : places.find(isIt)) ?? places[0]!;
}

/** Whether it is the column that an UPDATE sets: SQLite knows no offset of that one. */
function isAssigned(all: readonly SQLToken[], at: number): boolean {
  const before = all[at - 1]?.text.toUpperCase();
  return (
    all[at + 1]?.text === "=" &&
    (before === "SET" || before === ",") &&
    all.some(({ text }) => /^UPDATE$/i.test(text))
  );
}

function unquoted(token: string): string {
  return token.replace(/^["`[](.*)["`\]]$/s, "$1");
}
