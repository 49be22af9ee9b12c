import { tokens } from "./sql-text.ts";

/**
 * The offset of the token that an error of compiling refers to. No back end has `sqlite3_error_offset`, so the message must tell.
 * @param messageOf the message with which a text fails to compile
 * @returns in bytes of UTF-8; -1 if the message names no token, or one that does not stand in the text
 */
export function errorOffset(message: string, sql: string, messageOf: (sql: string) => string): number {
  const start = offsetInText(message, sql, messageOf);
  return start < 0 ? -1 : Buffer.byteLength(sql.slice(0, start));
}

function offsetInText(message: string, sql: string, messageOf: (sql: string) => string): number {
  const near = /^near "(.*)": syntax error$/s.exec(message)?.[1];
  if (near !== undefined) return syntaxError(near, message, sql, messageOf);
  const unrecognized = /^unrecognized token: "(.*)"$/s.exec(message)?.[1];
  if (unrecognized !== undefined) return sql.indexOf(unrecognized);
  const column = /^(?:no such column|ambiguous column name): (.*)$/s.exec(message)?.[1];
  if (column !== undefined) return /^\s*UPDATE\b/i.test(sql) ? -1 : nameStart(column.split("."), sql);
  const called =
    /^(?:no such function: (\S+)|(?:wrong number of arguments to function|misuse of aggregate(?: function)?|misuse of window function):? (\S+)\(\)|(\S+)\(\) may not be used as a window function)$/.exec(
      message,
    );
  const name = called?.[1] ?? called?.[2] ?? called?.[3];
  if (name !== undefined) return nameStart([name], sql, "(");
  const table = /^(?:table|view) (.*) already exists$/.exec(message)?.[1];
  return table === undefined ? -1 : nameStart([table], sql);
}

/** The parser stops at the first token that cannot follow: of several equal ones, the text up to it fails with the same message. */
function syntaxError(near: string, message: string, sql: string, messageOf: (sql: string) => string): number {
  for (const { text, start } of tokens(sql)) {
    if (text === near && messageOf(sql.slice(0, start + text.length)) === message) return start;
  }
  return sql.indexOf(near);
}

/** Where a name such as `a.b` stands first. */
function nameStart(parts: readonly string[], sql: string, next?: string): number {
  const all = [...tokens(sql)];
  const wanted = parts.flatMap((part, i) => (i === 0 ? [part] : [".", part]));
  const found = all.findIndex((first, at) => {
    if (all[at - 1]?.text === ".") return false;
    const matches = wanted.every((name, i) => unquoted(all[at + i]?.text) === name.toLowerCase());
    const follows = all[at + wanted.length]?.text;
    return first.text[0] !== "'" && matches && (next === undefined ? follows !== "." : follows === next);
  });
  return all[found]?.start ?? -1;
}

function unquoted(token: string | undefined): string | undefined {
  return token?.replace(/^["`[](.*)["`\]]$/s, "$1").toLowerCase();
}
