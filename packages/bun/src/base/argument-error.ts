/** The errors of arguments, with the codes that Node.js and Bun give them. */

export function argumentError(message: string, code: string): TypeError & { code: string } {
  return Object.assign(new TypeError(message), { code });
}

/** For a value of a type that is not taken. */
export function wrongType(message: string): TypeError & { code: string } {
  return argumentError(message, "ERR_INVALID_ARG_TYPE");
}

/** For a value that is not taken, although its type is. */
export function wrongValue(message: string): TypeError & { code: string } {
  return argumentError(message, "ERR_INVALID_ARG_VALUE");
}

/** For a number that is too small or too large. */
export function outOfRange(message: string): RangeError & { code: string } {
  return Object.assign(new RangeError(message), { code: "ERR_OUT_OF_RANGE" });
}

/** The error of a sink's `write()` for a chunk that is neither text nor bytes. */
export function notWritable(chunk: unknown): TypeError & { code: string } {
  const isNothing = chunk === null || chunk === undefined;
  const code = isNothing ? "ERR_STREAM_NULL_VALUES" : "ERR_INVALID_ARG_TYPE";
  return argumentError("write() expects a string, ArrayBufferView, or ArrayBuffer", code);
}
