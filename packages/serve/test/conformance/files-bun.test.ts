import { symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { findBun, NO_BUN } from "@mantou/testing/bun";
import { ask } from "@mantou/testing/raw-client";
import type { RawResponse } from "@mantou/testing/raw-response";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { file, Response as LightResponse } from "../../src/plain.ts";
import { ERROR, ROUTES, serveInBun } from "../support/bun-files.ts";
import { runs } from "../support/runs.ts";
import { start } from "../support/servers.ts";

const BUN = findBun();
const LAST_MODIFIED = "Tue, 05 Mar 2024 10:11:12 GMT";

const dir = tempDir();
fill(dir, {
  "public/a.txt": "hello world 0123456789",
  "public/index.html": "<p>root",
  "public/empty.txt": "",
  "public/.dot": "dot",
  "public/sub/index.html": "<p>sub",
  "public/none-here/x.bin": "x",
  "public/sp ace.css": "css",
  "public/é.js": "js",
  "public/p%41": "p",
  "public/q?.json": "{}",
  "secret.txt": "secret",
});
const root = join(dir, "public");
for (const [name, target] of [
  ["in", "a.txt"],
  ["in-dir", "sub"],
  ["out", "../secret.txt"],
  ["out-dir", ".."],
  ["absolute", "/a.txt"],
  ["host", join(dir, "secret.txt")],
  ["loop", "loop"],
] as const)
  symlinkSync(target, join(root, name));
utimesSync(join(root, "a.txt"), 1_709_633_472, 1_709_633_472.345);

type Fields = readonly string[];

describe.skipIf(BUN === null)(`files as Bun serves them ${BUN === null ? `(${NO_BUN})` : ""}`, () => {
  let bun: { port: number; stop: () => void };
  beforeAll(async () => {
    bun = await serveInBun(BUN!, root);
  });
  afterAll(() => bun?.stop());

  /** The same source runs in Bun. */
  const build = <T>(source: string): T => new Script(source).runInThisContext() as T;
  const make = build<(f: typeof file, dir: string, response: unknown) => Record<string, Response>>(ROUTES);
  const tell = build<(error: unknown, response: unknown) => Response>(ERROR);

  /** What both say of one request, without what is their own: dates, and the letters of tags that they make. */
  async function both(line: string, fields: Fields = []): Promise<[ours: RawResponse, buns: RawResponse]> {
    const server = start({
      routes: make(file, root, LightResponse),
      error: (error) => tell(error, LightResponse),
    });
    const both = await Promise.all([ask(server, line, fields), ask(bun, line, fields)]);
    await server.stop(true);
    return both;
  }

  interface Seen {
    readonly status: number;
    readonly text: string;
    readonly headers: Record<string, string>;
  }

  /** `docs/differences-from-bun.md` has each of these with its reason. */
  function seen({ status, text, headers }: RawResponse): Seen {
    const { date: _date, ...others }: Record<string, string> = headers;
    if (others["etag"] !== undefined)
      others["etag"] = others["etag"].replace(/"[0-9a-f]+(?:-[0-9a-f]+)?"/, '"…"');
    // We say it of every file, Bun of a directory's and of parts.
    delete others["accept-ranges"];
    // What describes content that is not sent.
    if (status === 304 || status === 412) delete others["content-type"];
    return { status, text, headers: others };
  }

  /** Bun's handlers say nothing of time, and of a slice not what it is a slice of. */
  function seenOfHandler(response: RawResponse): Seen {
    const { status, text, headers } = seen(response);
    const { "last-modified": _time, ...others }: Record<string, string> = headers;
    if (status === 416) delete others["content-type"];
    const range = others["content-range"];
    if (range !== undefined) others["content-range"] = range.replace(/\/\d+$/, "/*");
    return { status, text, headers: others };
  }

  const paths = [
    "/file",
    "/response",
    "/tagged",
    "/created",
    "/dated",
    "/slice",
    "/empty",
    "/page",
    "/files/a.txt",
    "/uncached/a.txt",
  ];
  const number = fc.oneof(fc.nat(30), fc.constantFrom(0, 4, 5, 21, 22, 23, 2 ** 40)).map(String);
  /** Bun takes a range that ends before it begins, if that is behind the end, for one that cannot be satisfied. */
  const isBackwards = (value: string): boolean => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(value) ?? [];
    return first !== undefined && Number(last) < Number(first);
  };

  const range = fc.oneof(
    fc
      .tuple(number, fc.oneof(number, fc.constant("")))
      .map(([first, last]) => `bytes=${first}-${last}`)
      .filter((value) => !isBackwards(value)),
    number.map((suffix) => `bytes=-${suffix}`),
    fc.constantFrom("bytes=0-0,5-6", "bytes=", "bytes=-", "lines=0-1", "bytes=x-1", "bytes=0-0,99-"),
  );
  const date = fc.constantFrom(
    LAST_MODIFIED,
    "Tue, 05 Mar 2024 10:11:11 GMT",
    "Tue, 05 Mar 2024 10:11:13 GMT",
    "Tuesday, 05-Mar-24 10:11:12 GMT",
    "Mon, 01 Jan 2024 00:00:00 GMT",
    "soon",
  );
  const tags = fc.constantFrom('"mine"', 'W/"mine"', '"x"', '"x", "mine"', "*", '"x",W/"mine"');
  const field = fc.oneof(
    range.map((value) => `Range: ${value}`),
    date.map((value) => `If-Modified-Since: ${value}`),
    date.map((value) => `If-Unmodified-Since: ${value}`),
    tags.map((value) => `If-None-Match: ${value}`),
    tags.map((value) => `If-Match: ${value}`),
    date.filter((value) => value.endsWith(", 05 Mar 2024 10:11:12 GMT")).map((value) => `If-Range: ${value}`),
    fc.constantFrom('"mine"', 'W/"mine"', '"x"').map((value) => `If-Range: ${value}`),
  );
  const fields = fc.uniqueArray(field, { maxLength: 3, selector: (line) => line.split(":")[0] });

  it("in routes, whatever is asked of them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.constantFrom("GET", "POST"),
        fields,
        async (path, method, given) => {
          const [ours, buns] = await both(
            `${method} ${path}`,
            method === "POST" ? [...given, "Content-Length: 0"] : given,
          );
          expect([path, given, seen(ours)]).toEqual([path, given, seen(buns)]);
        },
      ),
      runs(400),
    );
  });

  it("in handlers, in ranges", async () => {
    const handlers = fc.constantFrom(
      "/handler",
      "/handler/created",
      "/handler/slice",
      "/handler/whole",
      "/handler/none",
      "/handler/directory",
    );
    await fc.assert(
      fc.asyncProperty(handlers, fc.option(range), async (path, given) => {
        const [ours, buns] = await both(`GET ${path}`, given === null ? [] : [`Range: ${given}`]);
        expect([path, given, seenOfHandler(ours)]).toEqual([path, given, seenOfHandler(buns)]);
      }),
      runs(100),
    );
  });

  it("and static responses, on conditions", async () => {
    const routes = fc.constantFrom("/static", "/static/dated", "/static/404");
    await fc.assert(
      fc.asyncProperty(routes, fc.constantFrom("GET", "HEAD", "PUT"), fields, async (path, method, given) => {
        const [ours, buns] = await both(
          `${method} ${path}`,
          method === "PUT" ? [...given, "Content-Length: 0"] : given,
        );
        expect([path, given, seen(ours)]).toEqual([path, given, seen(buns)]);
      }),
      runs(200),
    );
  });

  it("to HEAD", async () => {
    for (const path of paths) {
      const [ours, buns] = await both(`HEAD ${path}`);
      expect([path, seen(ours)]).toEqual([path, seen(buns)]);
    }
  });

  it("that are missing", async () => {
    for (const line of [
      "GET /missing",
      "GET /missing/x",
      "POST /missing/x",
      "GET /directory",
      "GET /files/missing.txt",
    ]) {
      const [ours, buns] = await both(line, ["Content-Length: 0"]);
      expect([line, seen(ours)]).toEqual([line, seen(buns)]);
    }
  });

  it("in directories, on any path", async () => {
    const known = [
      "",
      "a.txt",
      ".dot",
      "sub",
      "sub/",
      "sub/index.html",
      "none-here",
      "none-here/",
      "sp%20ace.css",
      "%C3%A9.js",
    ];
    const links = [
      "in",
      "in-dir",
      "in-dir/",
      "in-dir/index.html",
      "out",
      "out-dir",
      "out-dir/secret.txt",
      "absolute",
      "host",
      "loop",
    ];
    const odd = [
      "p%2541",
      "q%3F.json",
      "%61.txt",
      "a%2Etxt",
      "a%2ftxt",
      "a%5Cb",
      "a%00",
      "%",
      "%zz",
      "%FF",
      "..",
      "%2e%2e",
      ".",
      "//",
      "a.txt/",
      "sub//",
      "?x",
      "sub?a=b",
      "é",
      "a.txt/..",
    ];
    const piece = fc.constantFrom(...known, ...links, ...odd.filter((path) => path !== "é"), "/");
    const path = fc.oneof(
      piece,
      fc.array(piece, { maxLength: 3 }).map((parts) => parts.join("/")),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("/files/", "/uncached/"), path, async (prefix, rest) => {
        const [ours, buns] = await both(`GET ${prefix}${rest}`);
        expect([rest, seen(ours)]).toEqual([rest, seen(buns)]);
      }),
      runs(400),
    );
  });

  /** Each row: the request, and what is seen of Bun's response and of ours. If Bun changes its mind, the row goes. */
  const differences: [why: string, line: string, fields: Fields, buns: string, ours: string][] = [
    ["RFC 9110 §14.2: Range is for GET", "HEAD /file", ["Range: bytes=0-1"], "206 bytes 0-1/22", "200 "],
    [
      "RFC 9110 §14.1.1: numbers do not overflow",
      "GET /file",
      ["Range: bytes=0-99999999999999999999"],
      "200 ",
      "206 bytes 0-21/22",
    ],
    [
      "RFC 9110 §14.1.1: numbers do not overflow",
      "GET /file",
      ["Range: bytes=99999999999999999999-"],
      "200 ",
      "416 bytes */22",
    ],
    [
      "RFC 9110 §14.1.1: no blanks in a range",
      "GET /file",
      ["Range: bytes = 0 - 1"],
      "206 bytes 0-1/22",
      "200 ",
    ],
    [
      "RFC 9110 §5.6.1.2: empty members count for nothing",
      "GET /file",
      ["Range: bytes=0-1,"],
      "200 ",
      "206 bytes 0-1/22",
    ],
    [
      "RFC 9110 §13.1.3: what is no HTTP-date is ignored",
      "GET /file",
      ["If-Modified-Since: 2024-03-05T10:11:12Z"],
      "304 ",
      "200 ",
    ],
    ["RFC 9110 §8.8.3: a tag has quotes", "GET /static", ["If-None-Match: mine"], "304 ", "200 "],
    [
      "RFC 9110 §5.3: several lines are one list",
      "GET /static",
      ['If-None-Match: "x"', 'If-None-Match: "mine"'],
      "200 ",
      "304 ",
    ],
    [
      "RFC 9110 §14.4: the whole's length, if known",
      "GET /handler/slice",
      [],
      "206 bytes 2-6/*",
      "206 bytes 2-6/22",
    ],
    [
      "conditions count in handlers, too",
      "GET /handler",
      [`If-Modified-Since: ${LAST_MODIFIED}`],
      "200 ",
      "304 ",
    ],
    [
      "RFC 9110 §14.1.1: a range that ends before it begins is none",
      "GET /file",
      ["Range: bytes=99-0"],
      "416 bytes */22",
      "200 ",
    ],
    ["RFC 9110 §9.3.2: HEAD as GET", "HEAD /handler/none", [], "200 ", "555 "],
  ];

  it.each(differences)("but for this: %s (%s %j)", async (_why, line, given, bunSays, weSay) => {
    const [ours, buns] = await both(line, given);
    const brief = ({ status, headers }: RawResponse): string => `${status} ${headers["content-range"] ?? ""}`;
    expect([brief(buns), brief(ours)]).toEqual([bunSays, weSay]);
  });
});
