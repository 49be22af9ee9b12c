/** What the formats share with `JSON.stringify`. */
import { types } from "node:util";

/** Whether a value has a notation. A member without one is left out. */
export function isWritten(value: unknown): boolean {
  return value !== undefined && typeof value !== "function" && typeof value !== "symbol";
}

/** An object that stands for a primitive value is written as that one. */
export function unboxed(value: unknown): unknown {
  if (!types.isBoxedPrimitive(value) || types.isSymbolObject(value)) return value;
  return value.valueOf();
}

/** The indentation of a level. Another value than a number or a text is none. */
export function indentOf(given: unknown): string {
  const space = unboxed(given);
  if (typeof space === "number") return " ".repeat(Math.min(Math.max(space, 0), 10));
  return typeof space === "string" ? space.slice(0, 10) : "";
}
