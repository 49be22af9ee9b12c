import { ProtocolError } from "./errors.ts";
import { fieldValueEnd, isWhitespace, tokenEnd, trimWhitespace } from "./grammar.ts";

/** Returns the error of a start line by itself, or null. The line may be empty. */
export type StartLineError = (line: string) => ProtocolError | null;

/**
 * Finds the first error in whole lines of a head, in the order of the bytes. It runs only for a head that is known to be invalid,
 * so that the common path need not find the error.
 *
 * @param end where the last whole line ends; a bare LF counts as an end of line here, and is an error
 * @returns the error to throw, or null if each line is valid by itself
 */
export function diagnoseLines(
  text: string,
  start: number,
  end: number,
  startLineError: StartLineError,
): ProtocolError | null {
  let position = start;
  for (let first = true; position < end; first = false) {
    const lf = text.indexOf("\n", position);
    if (lf < 0 || lf >= end) return null;
    const bare = lf === position || text.charCodeAt(lf - 1) !== 0x0d;
    const line = text.slice(position, bare ? lf : lf - 1);
    const error = first ? startLineError(line) : fieldLineError(line);
    if (error !== null) return error;
    if (bare) return new ProtocolError("BARE_LF");
    position = lf + 1;
  }
  return null;
}

function fieldLineError(line: string): ProtocolError | null {
  // An empty line can only have a wrong end: CRLF CRLF would have been the end of the head.
  if (line === "") return null;
  if (isWhitespace(line.charCodeAt(0))) return new ProtocolError("FIELD_FOLDED");
  const nameEnd = tokenEnd(line, 0);
  const colon = line.indexOf(":");
  if (colon < 0) return new ProtocolError("FIELD_COLON_MISSING");
  if (nameEnd === 0) return new ProtocolError("FIELD_NAME_INVALID");
  if (nameEnd !== colon) {
    const spaceOnly = trimWhitespace(line, nameEnd, colon) === "";
    return new ProtocolError(spaceOnly ? "FIELD_NAME_SPACE" : "FIELD_NAME_INVALID");
  }
  return fieldValueEnd(line, colon + 1) === line.length ? null : new ProtocolError("FIELD_VALUE_INVALID");
}
