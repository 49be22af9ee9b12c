/** What Bun's console has besides: the lines of the input, and texts without a line's end. */
import { Buffer } from "node:buffer";
import { StringDecoder } from "node:string_decoder";
import { standardInput } from "@mantou/serve/hosting";
import { bytesOf } from "../../base/bytes.ts";

/** What had come when a loop over the lines was left: the next loop begins with it. A character may have come in half. */
const decoder = new StringDecoder("utf8");
/** Pieces of a line that has no end yet. They are joined once: a line of many megabytes would be copied with each of them. */
let begun: string[] = [];
/** What stands behind them, and may have several lines. */
let rest = "";

function takeBegun(end: string): string {
  const line = begun.join("") + end;
  begun = [];
  return line;
}

/**
 * The lines of standard input, without their line feeds, each as it comes. A loop that was left can go on in another one.
 */
export async function* lines(): AsyncGenerator<string, void> {
  let isOver = false;
  let hasRead = false;
  const input = standardInput();
  try {
    while (!isOver) {
      for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n")) {
        const line = takeBegun(rest.slice(0, end));
        rest = rest.slice(end + 1);
        yield line;
      }
      if (rest !== "") begun.push(rest);
      rest = "";
      const { value, done } = await input.next();
      isOver = done === true;
      hasRead ||= !isOver;
      rest = isOver ? decoder.end() : decoder.write(Buffer.from(value as Uint8Array));
    }
    const last = takeBegun(rest);
    rest = "";
    // As in Bun, an empty line is behind the last line feed.
    if (last !== "" || hasRead) yield last;
  } finally {
    await input.return(undefined);
  }
}

/** Writes texts and bytes to standard output as they are. @returns bytes written */
export function write(...data: unknown[]): number {
  const parts = data.map((part) => bytesOf(typeof part === "object" ? part : String(part), "data"));
  const bytes = Buffer.concat(parts);
  process.stdout.write(bytes);
  return bytes.length;
}
