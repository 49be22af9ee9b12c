import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { file, serve } from "@mantou/serve";

const dir = await mkdtemp(join(tmpdir(), "files-"));
await file(join(dir, "notes.txt")).write("Steam for twelve minutes");

const server = serve({
  port: 0,
  routes: {
    "/notes": file(join(dir, "notes.txt")),
    "/notes/first": () => new Response(file(join(dir, "notes.txt")).slice(0, 5)), // 206, with Content-Range
    "/public/*": { dir }, // canonical paths only; no path and no symbolic link leads out of it
  },
});

const notes = await fetch(new URL("/notes", server.url), { headers: { range: "bytes=-14" } });
assert.equal(notes.headers.get("content-range"), "bytes 10-23/24");
assert.equal(await notes.text(), "twelve minutes");
const first = await fetch(new URL("/notes/first", server.url));
assert.equal(await first.text(), "Steam");

const served = await fetch(new URL("/public/notes.txt", server.url));
const etag = served.headers.get("etag") ?? "";
await served.text();
const again = await fetch(new URL("/public/notes.txt", server.url), { headers: { "if-none-match": etag } });
assert.equal(again.status, 304);
await server.stop();

export const finished = true;
