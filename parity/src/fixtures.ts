import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const MODIFIED = new Date("2024-05-06T07:08:09.000Z");

/** What the scenarios' folder holds, by path. */
const files: Readonly<Record<string, string | Uint8Array>> = {
  "digits.txt": "0123456789",
  "empty.txt": "",
  "page.html": "<p>page</p>",
  "data.json": '{"a":1}',
  "style.css": "p{}",
  noextension: "plain",
  "bytes.bin": Uint8Array.from({ length: 256 }, (_, i) => i),
  "big.txt": "0123456789abcdef".repeat(65_536),
  "public/index.html": "<p>index</p>",
  "public/a.txt": "a",
  "public/with space.txt": "space",
  "public/.hidden": "hidden",
  "public/sub/b.txt": "b",
  "public/sub/index.html": "<p>sub</p>",
};

/** Writes them, all changed last at the same time. */
export function writeFixtures(folder: string): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    utimesSync(path, MODIFIED, MODIFIED);
  }
}
