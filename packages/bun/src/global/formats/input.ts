import { wrongType } from "../../base/argument-error.ts";
import { asText } from "../../base/as-text.ts";
import { viewOf } from "../../base/bytes.ts";
import { type DataFormat, parseData } from "../../loader/data/parse-data.ts";

/** The text of a format's input; bytes are UTF-8, and other values are converted to text. */
export function textOf(input: unknown): string {
  if (typeof input === "string") return input;
  if (input === undefined || input === null)
    throw wrongType("input must be a string, ArrayBuffer, ArrayBufferView or Blob");
  if (input instanceof Blob) throw wrongType("input cannot be a Blob in Mantou: parse its text()");
  return asText(viewOf(input) ?? input);
}

/** @throws SyntaxError that begins with the format's name, as Bun's does */
export function parseText(name: string, format: DataFormat, text: string): unknown {
  if (text.trim() === "" && format.startsWith("json"))
    throw new SyntaxError(`${name} Parse error: Unexpected end of input`);
  try {
    return parseData("", text, format);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The stack shows the place in a file, which there is none of.
    const line = /:(\d+):\d+$/m.exec(error.stack ?? "")?.[1];
    const place = line === undefined ? "" : ` (line ${line})`;
    throw new SyntaxError(`${name} Parse error: ${error.message}${place}`);
  }
}
