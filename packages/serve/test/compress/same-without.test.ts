import { utimesSync } from "node:fs";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { connect } from "@mantou/testing/raw-client";
import type { RawResponse } from "@mantou/testing/raw-response";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import fc from "fast-check";
import { expect, it } from "vitest";
import { file } from "../../src/fetch/file.ts";
import { decode } from "../support/decode.ts";
import { runs } from "../support/runs.ts";
import { type InternalServer, startInternal } from "../support/servers.ts";

captureErrors();

const TEXT = "words and words ".repeat(400);
const dir = tempDir();
fill(dir, { "a.txt": TEXT, "empty.txt": "" });
utimesSync(join(dir, "a.txt"), 1_000_000_000, 1_000_000_000);

const routes = {
  "/static": new Response(TEXT, { headers: { "Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT" } }),
  "/empty": new Response(""),
  "/none": new Response(null, { status: 204 }),
  "/file": file(join(dir, "a.txt")),
  "/empty-file": file(join(dir, "empty.txt")),
  "/dir/*": { dir },
  "/handler": () => new Response(file(join(dir, "a.txt"))),
  "/slice": () => new Response(file(join(dir, "a.txt")).slice(3, 3000)),
  "/json": () => Response.json({ text: TEXT }),
  "/blob": () => new Response(new Blob([TEXT], { type: "text/plain" })),
  "/tagged": () => new Response(TEXT, { headers: { ETag: '"v1"', Vary: "Origin" } }),
  "/stream": () => {
    let n = 0;
    const pull = async (controller: ReadableStreamDefaultController) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (n++ < 2) controller.enqueue(Buffer.from(TEXT));
      else controller.close();
    };
    return new Response(new ReadableStream({ pull }), { headers: { "Content-Type": "text/html" } });
  },
  "/moved": () => Response.redirect("http://test/x", 302),
  "/closing": () => new Response(TEXT, { headers: { Connection: "close" } }),
  "/post": { POST: async (request: Request) => new Response((await request.text()) + TEXT) },
};

const field = (name: string, ...values: string[]) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant("") },
    fc.constantFrom(...values).map((value) => `${name}: ${value}\r\n`),
  );

const asked = fc.record({
  method: fc.constantFrom("GET", "GET", "HEAD", "POST"),
  path: fc.constantFrom(...Object.keys(routes).map((path) => path.replace("*", "a.txt")), "/dir/none", "/x"),
  minor: fc.constantFrom(1, 1, 0),
  accepted: field("Accept-Encoding", "gzip", "br", "identity", "gzip;q=0, br;q=0.5, *;q=0.1", "hostile;;"),
  range: field("Range", "bytes=0-9", "bytes=-5", "bytes=99999-", "bytes=x"),
  condition: fc.oneof(
    field("If-Modified-Since", "Tue, 14 Nov 2033 22:13:20 GMT", "Tue, 14 Nov 1995 22:13:20 GMT"),
    field("If-None-Match", "*", '"v1"', '"x"'),
    field("If-Match", '"x"', "*"),
  ),
});

async function ask(server: InternalServer, text: string): Promise<RawResponse> {
  const client = connect(server).write(text);
  const response = await client.response({ head: text.startsWith("HEAD") });
  client.destroy();
  return response;
}

/** The fields that compression may change. */
const OWN = [
  "date",
  "vary",
  "content-encoding",
  "content-length",
  "transfer-encoding",
  "etag",
  "accept-ranges",
];

function otherFields({ headers }: RawResponse): [string, string][] {
  return Object.entries(headers).filter(([name]) => !OWN.includes(name));
}

it("compression changes nothing but the coding, and the fields that speak of it", async () => {
  const [compressing, plain] = [true, false].map((compress) => startInternal({ routes, compress } as never));
  await fc.assert(
    fc.asyncProperty(asked, async ({ method, path, minor, accepted, range, condition }) => {
      const length = method === "POST" ? "Content-Length: 2\r\n" : "";
      const head = `${method} ${path} HTTP/1.${minor}\r\nHost: test\r\n${length}`;
      const text = `${head}${accepted}${range}${condition}\r\n${method === "POST" ? "ab" : ""}`;
      const response = await ask(compressing!, text);
      const expected = await ask(plain!, text);
      expect(response.status).toBe(expected.status);
      expect(otherFields(response)).toEqual(otherFields(expected));
      const encoding = response.headers["content-encoding"];
      if (response.body.length > 0 || encoding === undefined)
        expect(decode(response).equals(expected.body)).toBe(true);
      if (encoding !== undefined) {
        expect(response.headers["vary"]).toContain("Accept-Encoding");
        expect(response.headers["accept-ranges"]).toBe(undefined);
      } else if (response.status !== 304 && response.status !== 412) {
        for (const name of ["content-length", "transfer-encoding", "etag", "accept-ranges"])
          expect(response.headers[name], name).toBe(expected.headers[name]);
      }
    }),
    runs(1000),
  );
});
