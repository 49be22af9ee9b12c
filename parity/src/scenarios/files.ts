import { type AnyOptions, AreaBuilder, type Kit } from "../scenario.ts";

const named =
  (name: string) =>
  ({ file, folder }: Kit) => ({ fetch: () => new Response(file(`${folder}/${name}`)) });

/** The same file, once as a route and once from a handler. */
const both =
  (name: string) =>
  ({ file, folder }: Kit) => ({
    routes: {
      "/route": new Response(file(`${folder}/${name}`)),
      "/handler": () => new Response(file(`${folder}/${name}`)),
    },
  });

/** The directory at a pattern, and `fetch` for what it does not have. */
const directoryAt =
  (pattern: "/*" | "/s/*") =>
  ({ folder }: Kit): AnyOptions => ({
    routes: { [pattern]: { dir: `${folder}/public` } },
    fetch: () => new Response("fetch", { status: 404 }),
  });

export const files: AreaBuilder = new AreaBuilder("files");

for (const name of [
  "digits.txt",
  "empty.txt",
  "page.html",
  "data.json",
  "style.css",
  "noextension",
  "bytes.bin",
  "big.txt",
]) {
  files.add(`from a handler: ${name}`, named(name), async (c) => {
    const http = c.connect();
    await http.ask("GET /");
    await http.ask("HEAD /");
    await http.ask("GET /");
  });
}

files
  .add("from a route", both("digits.txt"), async (c) => {
    await c.ask("GET /route");
    await c.ask("HEAD /route");
  })
  .add(
    "as a route without a Response",
    ({ file, folder }) => ({ routes: { "/f": file(`${folder}/page.html`) } }),
    async (c) => c.ask("GET /f"),
  )
  .add(
    "a type, a status and headers of its own",
    ({ file, folder }) => ({
      fetch: () =>
        new Response(file(`${folder}/digits.txt`), {
          status: 201,
          headers: { "Content-Type": "text/x", "X-A": "1" },
        }),
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a type that file() was given",
    ({ file, folder }) => ({
      fetch: () => new Response(file(`${folder}/digits.txt`, { type: "text/x" })),
    }),
    async (c) => c.ask("GET /"),
  )
  .add("a file that is missing, from a handler", named("missing.txt"), async (c) => c.ask("GET /"))
  .add(
    "a file that is missing, from a handler, with error",
    ({ file, folder }) => ({
      fetch: () => new Response(file(`${folder}/missing.txt`)),
      error: (error) => new Response((error as NodeJS.ErrnoException).code, { status: 404 }),
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a file that is missing, as a route",
    ({ file, folder }) => ({
      routes: { "/f": new Response(file(`${folder}/missing.txt`)) },
      fetch: () => new Response("fetch"),
    }),
    async (c) => c.ask("GET /f"),
  )
  .add(
    "a directory in place of a file",
    ({ folder, file }) => ({ fetch: () => new Response(file(folder)) }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a slice",
    ({ file, folder }) => ({ fetch: () => new Response(file(`${folder}/digits.txt`).slice(2, 5)) }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a slice to the end",
    ({ file, folder }) => ({ fetch: () => new Response(file(`${folder}/digits.txt`).slice(7)) }),
    async (c) => c.ask("GET /"),
  )
  .add("ranges of a route's file", both("digits.txt"), async (c) => {
    for (const range of [
      "bytes=0-3",
      "bytes=5-",
      "bytes=-2",
      "bytes=0-0",
      "bytes=9-9",
      "bytes=5-100",
      "bytes=-100",
    ])
      await c.ask("GET /route", [`Range: ${range}`]);
  })
  .add("ranges of a handler's file", both("digits.txt"), async (c) => {
    for (const range of ["bytes=0-3", "bytes=5-", "bytes=-2", "bytes=5-100"])
      await c.ask("GET /handler", [`Range: ${range}`]);
  })
  .add("ranges that cannot be satisfied", both("digits.txt"), async (c) => {
    for (const path of ["/route", "/handler"]) {
      for (const range of ["bytes=10-", "bytes=100-200", "bytes=-0"])
        await c.ask(`GET ${path}`, [`Range: ${range}`]);
    }
  })
  .add("ranges that are ignored", both("digits.txt"), async (c) => {
    for (const range of ["bytes=3-1", "bytes=a-b", "lines=0-1", "bytes=0-1,3-4", "bytes 0-1", "bytes="])
      await c.ask("GET /route", [`Range: ${range}`]);
  })
  .add("a range of HEAD and POST", both("digits.txt"), async (c) => {
    await c.ask("HEAD /route", ["Range: bytes=0-3"]);
    await c.ask("POST /route", ["Range: bytes=0-3", "Content-Length: 0"]);
  })
  .add("a range of an empty file", both("empty.txt"), async (c) => {
    await c.ask("GET /route", ["Range: bytes=0-0"]);
    await c.ask("GET /handler", ["Range: bytes=0-0"]);
  })
  .add("If-Modified-Since", both("digits.txt"), async (c) => {
    for (const path of ["/route", "/handler"]) {
      for (const date of [
        "Mon, 06 May 2024 07:08:09 GMT",
        "Mon, 06 May 2024 07:08:08 GMT",
        "Tue, 07 May 2024 00:00:00 GMT",
        "nonsense",
      ]) {
        await c.ask(`GET ${path}`, [`If-Modified-Since: ${date}`]);
      }
    }
  })
  .add("If-Modified-Since of HEAD, and of POST", both("digits.txt"), async (c) => {
    await c.ask("HEAD /route", ["If-Modified-Since: Mon, 06 May 2024 07:08:09 GMT"]);
    await c.ask("POST /route", ["If-Modified-Since: Mon, 06 May 2024 07:08:09 GMT", "Content-Length: 0"]);
  })
  .add("a directory", directoryAt("/s/*"), async (c) => {
    for (const path of [
      "/s/a.txt",
      "/s/with%20space.txt",
      "/s/sub/b.txt",
      "/s/missing",
      "/s/",
      "/s",
      "/s/sub/",
      "/s/sub",
      "/s/.hidden",
    ])
      await c.ask(`GET ${path}`);
  })
  .add("a directory is not left", directoryAt("/s/*"), async (c) => {
    for (const path of [
      "/s/../digits.txt",
      "/s/%2e%2e/digits.txt",
      "/s/..%2fdigits.txt",
      "/s//etc/passwd",
      "/s/a.txt%00",
      "/s/a.txt/",
      "/s/%2Fetc%2Fpasswd",
    ])
      await c.ask(`GET ${path}`);
  })
  .add("HEAD, POST, ranges and conditions of a directory", directoryAt("/*"), async (c) => {
    await c.ask("HEAD /sub/b.txt");
    await c.ask("POST /sub/b.txt", ["Content-Length: 0"]);
    await c.ask("GET /index.html", ["Range: bytes=0-2"]);
    await c.ask("GET /a.txt", ["If-Modified-Since: Mon, 06 May 2024 07:08:09 GMT"]);
  })
  .add(
    "routes come before a directory",
    ({ folder }) => ({
      routes: {
        "/s/*": { dir: `${folder}/public` },
        "/s/a.txt": new Response("route"),
        "/s/sub/:name": (req) => new Response(req.params["name"]),
      },
    }),
    async (c) => {
      for (const path of ["/s/a.txt", "/s/sub/b.txt", "/s/index.html"]) await c.ask(`GET ${path}`);
    },
  )
  .add("file() by itself", aboutItself, async (c) => c.noted(1));

function aboutItself({ file, folder, note }: Kit): { fetch: () => Response } {
  const it = file(`${folder}/digits.txt`);
  void Promise.all([
    it.text(),
    it.exists(),
    file(`${folder}/missing`).exists(),
    file(`${folder}/data.json`).json(),
    it.slice(2, 4).text(),
  ]).then((all) => note([...all, it.size, it.type, it.lastModified]));
  return { fetch: () => new Response() };
}
