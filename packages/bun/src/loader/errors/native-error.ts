import { types } from "node:util";
import { setStack } from "../source/error-stack.ts";

/** The classes of errors that a thread sends under their names. */
const CLASSES = [SyntaxError, TypeError, RangeError, ReferenceError, EvalError, URIError];

/**
 * The error of another thread as one of this thread: Node.js sends a copy that is no native error, and that prints as `SyntaxError [Error]`.
 * Any other value stays as it is.
 */
export function nativeError(thrown: unknown): unknown {
  if (!isCopy(thrown)) return thrown;
  const { message, stack, ...rest } = Object.getOwnPropertyDescriptors(thrown) as PropertyDescriptorMap;
  const Class = CLASSES.find((each) => thrown instanceof each) ?? Error;
  // The comment tells Node.js not to show this line when nothing catches the error.
  const error = new Class(String(message?.value ?? "")); // node-do-not-add-exception-line
  Reflect.deleteProperty(rest, Symbol.toStringTag);
  setStack(error, String(stack?.value ?? error));
  return Object.defineProperties(error, rest);
}

/** A copy shows by a member of its own what it is. */
function isCopy(value: unknown): value is Error {
  return value instanceof Error && !types.isNativeError(value) && Object.hasOwn(value, Symbol.toStringTag);
}
