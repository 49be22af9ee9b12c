import { type Guide, type Part, show } from "../test/support/guide.ts";

const text = (path: string): string => show(`await Bun.file(${JSON.stringify(path)}).text()`);
const LOREM = /"Lorem ipsum"/;

function writing(...parts: readonly Part[]): { files: Record<string, readonly Part[]> } {
  const given = { "message.txt": ["begin "], "in.txt": ["Lorem ipsum"], "original.txt": ["original"] };
  return { files: { "main.ts": parts, ...given } };
}

export const guides: readonly Guide[] = [
  {
    name: "append",
    runs: [
      { ...writing(0, text("message.txt")), prints: /"begin data to append"/ },
      { ...writing(1), prints: /was appended to file!/ },
      {
        ...writing(
          `const callback = () => { ${text("message.txt").replace('await Bun.file("message.txt").text()', "require('node:fs').readFileSync('message.txt', 'utf8')")} };`,
          2,
        ),
        prints: /"begin data to append"/,
      },
      { ...writing(3, text("message.txt")), prints: /"begin data to append"/ },
    ],
  },
  {
    name: "basic",
    runs: [
      { ...writing(0, text("file.txt")), prints: LOREM },
      { ...writing(1, text("file.txt")), prints: LOREM },
      { ...writing(2, text("file.txt")), prints: LOREM },
      { ...writing(3, text("file.txt"), show("bytes")), prints: /"Lorem ipsum"\n11/ },
    ],
  },
  {
    name: "blob",
    runs: [
      { ...writing(0, text("file.txt")), prints: LOREM },
      { ...writing(1, text("out.txt")), prints: LOREM },
    ],
  },
  {
    name: "cat",
    runs: [{ files: { "main.ts": [0], "file.txt": ["the file's\n"] }, prints: /^the file's\n/ }],
  },
  { name: "file-cp", runs: [{ ...writing(0, text("copy.txt")), prints: /"original"/ }] },
  {
    name: "filesink",
    runs: [
      {
        // The writer of a file that is not there makes it.
        ...writing(0, text("file.txt"), 1, 2, "console.log((await Bun.file('file.txt').bytes()).join());"),
        prints: /"loremipsumdolor"\n108,.*,0,255,128/,
      },
    ],
  },
  { name: "response", runs: [{ ...writing(0, text("file.txt")), prints: /the site/ }] },
  {
    name: "stdout",
    runs: [
      { files: { "main.ts": [0] }, prints: /^Lorem ipsum\n/ },
      { files: { "main.ts": [1] }, prints: /^Lorem ipsum\(0\)/ },
    ],
  },
  { name: "stream", runs: [], leftOut: { 0: "the code has a gap: `const stream: ReadableStream = ...;`" } },
  {
    name: "unlink",
    runs: [{ files: { "main.ts": [0, show("await file.exists()")], "file.txt": ["x"] }, prints: /false/ }],
  },
];
