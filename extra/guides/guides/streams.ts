import { type Guide, show } from "../test/support/guide.ts";

/** The guides' own stream never ends: a class in its place gives streams of two chunks. */
const FINITE = (chunks: string): string => `
  class Finite {
    constructor() {
      return new globalThis.ReadableStream({
        start(controller) {
          for (const chunk of ${chunks}) controller.enqueue(chunk);
          controller.close();
        },
      });
    }
  }
  var ReadableStream: any = Finite;
`;
const BYTES = FINITE("[new TextEncoder().encode('Hello, '), new TextEncoder().encode('world!')]");
const HELLO = /"Hello, world!"/;

const converts = (
  name: string,
  head: string,
  shown: string,
  prints: RegExp,
  blocks: number[] = [0],
): Guide => ({
  name,
  runs: blocks.map((block) => ({ files: { "main.ts": [head, block, shown] }, prints })),
});
const bytes = (value: string): string => show(`Buffer.from(${value}).toString()`);

export const guides: readonly Guide[] = [
  converts("node-readable-to-arraybuffer", "", bytes("buf"), HELLO),
  converts("node-readable-to-blob", "", show("await blob.text()", "blob.size"), /"Hello, world!" 13/),
  converts("node-readable-to-json", "", show("json"), /\{"hello":"world"\}/),
  converts("node-readable-to-string", "", show("text"), HELLO),
  converts("node-readable-to-uint8array", "", bytes("buf"), HELLO),
  converts("to-array", BYTES, bytes("Buffer.concat(chunks)"), HELLO),
  converts("to-arraybuffer", BYTES, bytes("buf"), HELLO),
  converts("to-blob", BYTES, show("await blob.text()"), HELLO),
  converts("to-buffer", BYTES, show("nodeBuf.toString()"), HELLO),
  converts("to-json", FINITE("['{\"a\":', '1}']"), show("json"), /\{"a":1\}/),
  converts("to-string", BYTES, show("str"), HELLO),
  converts("to-typedarray", BYTES, bytes("uint8"), HELLO, [0, 1]),
];
