import { type Guide, type Part, show } from "../test/support/guide.ts";

const PACKAGE = ['{ "name": "my-package" }'];

/** The blocks read a `package.json`. */
function reading(...parts: readonly Part[]): { files: Record<string, readonly Part[]> } {
  return { files: { "main.ts": parts, "package.json": PACKAGE, "file.txt": ["héllo"] } };
}

/** A program that watches its folder: it changes a file until its watcher has told so. */
const CHANGES = `
  import { writeFileSync } from "node:fs";
  const changing = setInterval(() => writeFileSync(import.meta.dir + "/changed.txt", String(Date.now())), 100);
  changing.unref?.();
`;
/** Each platform reports as many events as it likes: the first line of the file counts. */
const FIRST = `
  const log = console.log;
  console.log = (line: string) => {
    if (!line.endsWith("changed.txt")) return;
    log(line.replace(/rename|change/, "<event>"));
    process.exit(0);
  };
`;
const WATCHED = /^Detected <event> in changed\.txt\n\(0\)$/;

export const guides: readonly Guide[] = [
  {
    name: "arraybuffer",
    runs: [
      { ...reading(0, show("buffer.byteLength")), prints: /24/ },
      {
        ...reading('const file = Bun.file("./package.json");', 1, show("bytes[0]", "bytes.length")),
        prints: /123 24/,
      },
    ],
  },
  { name: "buffer", runs: [{ ...reading(0, show("buffer.toString()")), prints: /my-package/ }] },
  {
    name: "exists",
    runs: [
      { ...reading(0, show("await file.exists()", "await Bun.file('./no').exists()")), prints: /true false/ },
    ],
  },
  {
    name: "json",
    runs: [
      { ...reading(0, show("contents", "file.type")), prints: /my-package.*application\/json;charset=utf-8/ },
    ],
  },
  {
    name: "mime",
    runs: [
      {
        ...reading(0, show("[file.type, html.type, image.type]")),
        prints: /"text\/html;charset=utf-8","image\/png"/,
      },
    ],
  },
  {
    name: "stream",
    runs: [
      { ...reading(0, 1, show("stream instanceof ReadableStream")), prints: /true/ },
      {
        ...reading(
          0,
          "let size = 0; const chunks: Uint8Array[] = [];",
          "for await (const chunk of stream) chunks.push(chunk);",
          show("Buffer.concat(chunks).toString()"),
        ),
        prints: /my-package/,
      },
    ],
  },
  {
    name: "string",
    runs: [
      { ...reading(0, show("text")), prints: /"héllo"/ },
      { ...reading(1, show("await file.text()")), prints: /"héllo"/ },
    ],
  },
  {
    name: "uint8array",
    runs: [{ ...reading(0, show("byteArray[0]", "byteArray.length")), prints: /123 24/ }],
  },
  {
    name: "watch",
    runs: [
      ...[0, 1].map((block) => ({
        files: { "main.ts": [FIRST, block, CHANGES.replace("changing.unref?.();", "")] },
        prints: WATCHED,
      })),
      { files: { "main.ts": [FIRST, CHANGES.replace("changing.unref?.();", ""), 2] }, prints: WATCHED },
      {
        files: { "main.ts": [3, "setTimeout(() => process.kill(process.pid, 'SIGINT'), 100);"] },
        prints: /Closing watcher\.\.\.\n\(0\)$/,
      },
    ],
  },
];
