import { setStack } from "./error-stack.ts";
import { noteRead } from "./read-files.ts";

/** Position of a fault in a text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * A syntax error of a file, which shows file, line and column, and the line itself. Its stack is that place: those of the
 * loader tell the author of the file nothing.
 */
export function locatedError(
  path: string,
  text: string,
  { line, column }: Position,
  reason: string,
): SyntaxError {
  // Also a configuration that is to be mended.
  noteRead(path);
  const source = text.split(/\r\n?|\n/)[line - 1] ?? "";
  const margin = `${line} | `;
  const indent = source.slice(0, column - 1).replace(/[^\t]/g, " ");
  const pointer = `${" ".repeat(margin.length)}${indent}^`;
  // The comment tells Node.js not to show this line when nothing catches the error.
  const error = new SyntaxError(`${reason}\n${margin}${source}\n${pointer}`); // node-do-not-add-exception-line
  setStack(error, `SyntaxError: ${error.message}\n    at ${path}:${line}:${column}`);
  return error;
}

/** The position of a character of the text. */
export function positionOf(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split(/\r\n?|\n/);
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}
