import type { Payload } from "./types.ts";

/** What is on the wire: the words are empty where there are none. The first one mostly is a topic, as the server wrote it. */
export type Line = readonly [payload: Payload, verb: string, raw: string, position: string, last: string];

const HEADER = /^(.?) ?(\S*) ?(\S*) ?(\S*)/;

/** @throws RangeError for many bytes without a header line */
export function readLine(data: string | ArrayBuffer): Line {
  const whole = typeof data === "string" ? data : new Uint8Array(data);
  // The header is ASCII: as many characters as bytes.
  const header =
    typeof whole === "string"
      ? whole.split("\n", 1)[0]!
      : String.fromCharCode(...whole.subarray(0, whole.indexOf(10)));
  const [, ...words] = HEADER.exec(header)!;
  return [whole.slice(header.length + 1), ...(words as [string, string, string, string])];
}
