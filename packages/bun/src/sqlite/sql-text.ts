/**
 * Reads of an SQL text what no back end tells: where its first statement ends, and its parameters. The tokens are those of SQLite's
 * tokenizer (https://sqlite.org/lang_expr.html#varparam, https://sqlite.org/c3ref/complete.html).
 */

/** The first statement of a text. */
export interface SQLText {
  /** The statement, with its semicolon. */
  readonly sql: string;
  /** What follows it. */
  readonly rest: string;
  /** The name of each parameter with its prefix, by its index from 0; null for `?`, and for an index that `?NNN` has skipped. */
  readonly parameters: readonly (string | null)[];
  /** The first word, in capitals. */
  readonly keyword: string;
  /** Whether SQLite counts the rows that it changes. */
  readonly countsChanges: boolean;
  /** Whether it changes rows and returns some: a second run would change them again. */
  readonly isReturning: boolean;
}

const SPACE_OR_COMMENT = /(?:[\t\n\f\r \ufeff]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))+/y;
const TOKEN =
  /(?:[\t\n\f\r \ufeff]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))+|'[^']*(?:''[^']*)*'?|"[^"]*(?:""[^"]*)*"?|`[^`]*(?:``[^`]*)*`?|\[[^\]]*\]?|\?\d*|[$@:#](?:[\w$\u0080-\uffff]|::)+(?:\([^\s)]*\))?|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.]*|[\s\S]/y;
const WORD = /^[A-Za-z_\u0080-\uffff]/;
const PARAMETER = /^[?$@:#]./;
const CHANGES: ReadonlySet<string> = new Set(["INSERT", "REPLACE", "UPDATE", "DELETE"]);
const TRIGGER = /^(?:EXPLAIN (?:QUERY PLAN )?)?CREATE (?:TEMP |TEMPORARY )?TRIGGER$/;
/** SQLite refuses larger numbers (https://sqlite.org/limits.html#max_variable_number); their gaps must not fill memory. */
const MOST_PARAMETERS = 250_000;

/** @returns null for a text without a statement */
export function firstStatement(text: string): SQLText | null {
  const names = new Map<string, number>();
  const parameters: (string | null)[] = [];
  let head = "";
  let keyword = "";
  let words = 0;
  let depth = 0;
  /** What the statement does: its first word, or the first one behind the tables of WITH. */
  let verb = "";
  let returns = false;
  let isTrigger = false;
  /** The last two tokens: `; END ;` ends a trigger. */
  let last = "";
  let beforeLast = "";
  let end = 0;
  let isEmpty = true;
  while (end < text.length) {
    TOKEN.lastIndex = end;
    const token = TOKEN.exec(text)![0];
    // SQLite takes a text as far as its first NUL.
    if (token === "\0") return firstStatement(text.slice(0, end));
    end += token.length;
    if (token === ";") {
      if (isTrigger ? last === "END" && beforeLast === ";" : !isEmpty) break;
    } else if (/^(?:[\t\n\f\r \ufeff]|--|\/\*)/.test(token)) {
      continue;
    } else {
      isEmpty = false;
    }
    let kept = token;
    if (WORD.test(token)) {
      kept = token.toUpperCase();
      if (words === 0) {
        keyword = kept;
        if (kept !== "WITH") verb = kept;
      } else if (verb === "" && depth === 0 && last === ")" && kept !== "AS") {
        // The names of tables and functions can be keywords, too, such as `replace`.
        verb = kept;
      }
      if (words++ < 6) {
        head += head === "" ? kept : ` ${kept}`;
        isTrigger ||= TRIGGER.test(head);
      }
      if (kept === "RETURNING") returns = true;
    } else if (token === "(") {
      depth++;
    } else if (token === ")") {
      depth--;
    } else if (token === "?" || PARAMETER.test(token)) {
      addParameter(token, parameters, names);
    }
    beforeLast = last;
    last = kept;
  }
  if (isEmpty) return null;
  const sql = end === text.length ? text : text.slice(0, end);
  const countsChanges = CHANGES.has(verb);
  return {
    sql,
    rest: text.slice(end),
    parameters,
    keyword,
    countsChanges,
    isReturning: countsChanges && returns,
  };
}

function addParameter(token: string, parameters: (string | null)[], names: Map<string, number>): void {
  if (token === "?") {
    parameters.push(null);
    return;
  }
  if (names.has(token)) return;
  const index = token.startsWith("?") ? Number(token.slice(1)) - 1 : parameters.length;
  if (index < 0 || index >= MOST_PARAMETERS) return;
  while (parameters.length < index) parameters.push(null);
  names.set(token, index);
  // Two spellings of a number are one parameter, named by the first.
  if (index === parameters.length) parameters.push(token);
  else parameters[index] ??= token;
}

const SCHEMA_KEYWORDS: ReadonlySet<string> = new Set([
  "CREATE",
  "ALTER",
  "DROP",
  "ROLLBACK",
  "ATTACH",
  "DETACH",
]);

/** Whether the names of columns may be others after a statement of this keyword. */
export function changesSchema(keyword: string): boolean {
  return SCHEMA_KEYWORDS.has(keyword);
}

/** Whether a text has neither a statement nor a part of one. */
export function isBlank(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    SPACE_OR_COMMENT.lastIndex = at;
    const space = SPACE_OR_COMMENT.exec(text)?.[0].length ?? 0;
    at += space;
    if (at === text.length) return true;
    if (text[at] !== ";") return false;
    at++;
  }
  return true;
}

/** A token of a statement, with its place. */
export interface SQLToken {
  readonly text: string;
  readonly start: number;
}

/** The tokens of a statement without white space and comments. */
export function* tokens(sql: string): Generator<SQLToken> {
  let start = 0;
  while (start < sql.length) {
    TOKEN.lastIndex = start;
    const text = TOKEN.exec(sql)![0];
    if (!/^(?:[\t\n\f\r \ufeff]|--|\/\*)/.test(text)) yield { text, start };
    start += text.length;
  }
}
