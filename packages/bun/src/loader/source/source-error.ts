import { setStack } from "./error-stack.ts";
import { noteRead } from "./read-files.ts";

/**
 * An error in a file of the program: a syntax error, or another fault that has a place there. Its stack shows the place and the line, so
 * that each way of printing an error does.
 *
 * @param at the fault's offset in the text
 */
export function sourceError(message: string, path: string, text: string, at: number): SyntaxError {
  // Also a configuration that is to be mended.
  noteRead(path);
  // The comment tells Node.js not to show this line when nothing catches the error.
  const error = new SyntaxError(message); // node-do-not-add-exception-line
  return withPlace(error, path, text, at);
}

/** The offset of a place; lines and columns count from 1. */
export function offsetOf(text: string, line: number, column: number): number {
  const before = text.split(/(?<=\r\n|[\n\r\u2028\u2029])/).slice(0, line - 1);
  return before.join("").length + column - 1;
}

/** Writes the place of its fault into the stack of an error. */
export function withPlace<T extends Error>(error: T, path: string, text: string, at: number): T {
  const { line, column, source } = placeOf(text, at);
  const number = `${line} | `;
  const { text: shown, caret } = excerpt(source, column);
  const stack = [
    `${error.name}: ${error.message}`,
    `    at ${path}:${line}:${column}`,
    "",
    `${number}${shown}`,
    `${" ".repeat(number.length)}${caret}`,
  ].join("\n");
  setStack(error, stack);
  return error;
}

/** A line of a minified file is no help as a whole. */
const MAX_WIDTH = 160;

function excerpt(source: string, column: number): { text: string; caret: string } {
  const from = column > MAX_WIDTH ? column - MAX_WIDTH / 2 : 0;
  const text = source.slice(from, from + MAX_WIDTH);
  // Tabs stay, so that the caret is below its column at any tab width.
  return { text, caret: `${text.slice(0, column - 1 - from).replace(/[^\t]/g, " ")}^` };
}

interface Place {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly source: string;
}

function placeOf(text: string, at: number): Place {
  const before = text.slice(0, at).split(/\r\n|[\n\r\u2028\u2029]/);
  const line = before.length;
  const column = before.at(-1)!.length + 1;
  const source = text.slice(at - column + 1).split(/[\n\r\u2028\u2029]/, 1)[0]!;
  return { line, column, source };
}
