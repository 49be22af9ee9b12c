import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileBelow, serve } from "@mantou/serve";

const uploads = await mkdtemp(join(tmpdir(), "uploads-"));
await writeFile(join(uploads, "cat.txt"), "meow");

const server = serve({
  port: 0,
  routes: {
    "/uploads/:name": (request) => {
      const found = fileBelow(uploads, request.params.name);
      return found === null ? new Response("Not found", { status: 404 }) : new Response(found);
    },
  },
});

assert.equal(await (await fetch(new URL("/uploads/cat.txt", server.url))).text(), "meow");
assert.equal((await fetch(new URL("/uploads/..%2F..%2Fetc%2Fpasswd", server.url))).status, 404);
await server.stop();

export const finished = true;
