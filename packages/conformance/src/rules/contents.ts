import { Buffer } from "node:buffer";
import { content, latin1 } from "@mantou/http1/arbitraries";
import fc from "fast-check";

/** Content in the chunked coding, and what it decodes to: sizes in any case and with zeros before them. Extensions and trailers have rules of their own. */
export const chunkedContent: fc.Arbitrary<{ readonly wire: Uint8Array; readonly content: Uint8Array }> = fc
  .array(
    fc.tuple(
      content.filter((bytes) => bytes.length > 0),
      fc.constantFrom("", "0", "000"),
      fc.boolean(),
    ),
    { maxLength: 3 },
  )
  .map((chunks) => {
    const parts = chunks.flatMap(([bytes, zeros, isUpper]) => {
      const digits = zeros + bytes.length.toString(16);
      return [latin1(`${isUpper ? digits.toUpperCase() : digits}\r\n`), bytes, latin1("\r\n")];
    });
    return {
      wire: Buffer.concat([...parts, latin1("0\r\n\r\n")]),
      content: Buffer.concat(chunks.map(([bytes]) => bytes)),
    };
  });
