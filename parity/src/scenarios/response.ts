import { type AnyOptions, AreaBuilder } from "../scenario.ts";

/** The Fetch standard's name, which Node.js's types lack. */
type BodyInit = NonNullable<ConstructorParameters<typeof Response>[0]>;

const respond = (make: () => Response | Promise<Response>) => () => ({ fetch: make });

/** Values that a JavaScript program returns by mistake. */
const wrong = (make: () => unknown) => (): AnyOptions => ({ fetch: make as () => Response });

const stream = (...chunks: (string | Uint8Array)[]) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks)
        controller.enqueue(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
      controller.close();
    },
  });

const bodies: Record<string, () => BodyInit | null | undefined> = {
  text: () => "text",
  "text past ASCII": () => "ä€😀",
  "a long text": () => "0123456789".repeat(100_000),
  "an empty text": () => "",
  null: () => null,
  undefined: () => undefined,
  "a Uint8Array": () => new Uint8Array([0, 128, 255]),
  "an ArrayBuffer": () => new Uint8Array([1, 2]).buffer,
  "part of a buffer": () => new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  "a Blob": () => new Blob(["blob"]),
  "a Blob with a type": () => new Blob(["<p>"], { type: "text/html" }),
  URLSearchParams: () => new URLSearchParams({ a: "1", b: "ä x" }),
  "a stream": () => stream("one", "two"),
  "an empty stream": () => stream(),
  "a stream with an empty chunk": () => stream("a", "", "b"),
};

export const responses: AreaBuilder = new AreaBuilder("response");

for (const [name, make] of Object.entries(bodies)) {
  responses.add(
    `body: ${name}`,
    () => ({ fetch: () => new Response(make()) }),
    async (c) => c.ask("GET /"),
  );
  responses.add(
    `body to HEAD: ${name}`,
    () => ({ fetch: () => new Response(make()) }),
    async (c) => {
      const http = c.connect();
      await http.ask("HEAD /");
      await http.ask("GET /");
    },
  );
}

responses
  .add(
    "body: an async generator",
    ({ Response }) => ({
      fetch: () => {
        const generate = async function* () {
          yield "one";
          yield new TextEncoder().encode("two");
        };
        return new Response(generate() as unknown as BodyInit);
      },
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "body: FormData",
    respond(() => {
      const form = new FormData();
      form.set("a", "1");
      return new Response(new Uint8Array(), { headers: { "X-Parts": String([...form].length) } });
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "json",
    respond(() => Response.json({ a: ["ä", 1, null] }, { status: 201, headers: { "X-A": "1" } })),
    async (c) => c.ask("GET /"),
  )
  .add(
    "redirect",
    ({ Response }) => ({
      fetch: (req) => {
        const { pathname } = new URL(req.url);
        if (pathname === "/a") return Response.redirect("/b");
        if (pathname === "/c") return Response.redirect("http://x/y?z#f", 301);
        return Response.redirect(new URL("http://x/"), 307);
      },
    }),
    async (c) => {
      for (const path of ["/a", "/c", "/d"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "Response.error() cannot be sent",
    respond(() => Response.error()),
    async (c) => c.ask("GET /"),
  )
  .add(
    "one response for two requests",
    () => {
      const response = new Response("once");
      return { fetch: () => response };
    },
    async (c) => {
      await c.ask("GET /");
      await c.ask("GET /");
    },
  )
  .add(
    "one response without a body for two requests",
    () => {
      const response = new Response(null, { headers: { "X-A": "1" } });
      return { fetch: () => response };
    },
    async (c) => {
      await c.ask("GET /");
      await c.ask("GET /");
    },
  )
  .add(
    "a response with a body that was read",
    respond(async () => {
      const response = new Response("read");
      await response.text();
      return response;
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a clone of a response",
    respond(() => new Response("cloned", { status: 201, headers: { "X-A": "1" } }).clone()),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a promise of a response",
    respond(() => Promise.resolve(new Response("promised"))),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a thenable",
    // biome-ignore lint/suspicious/noThenProperty: that is the point
    wrong(() => ({ then: (resolve: (value: unknown) => void) => resolve(new Response("thenable")) })),
    async (c) => c.ask("GET /"),
  )
  .add(
    "undefined in place of a response",
    wrong(() => undefined),
    async (c) => c.ask("GET /"),
  )
  .add(
    "null, a text and an object in place of a response",
    () => ({
      fetch: ((req: Request) =>
        ({ "/n": null, "/t": "text", "/o": { status: 200 } })[new URL(req.url).pathname]) as never,
    }),
    async (c) => {
      for (const path of ["/n", "/t", "/o"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "a promise of undefined",
    wrong(() => Promise.resolve(undefined)),
    async (c) => c.ask("GET /"),
  )
  .add(
    "a response that is passed on by fetch",
    ({ server }) => ({
      routes: {
        "/inner": () => new Response("inner", { status: 202, headers: { "X-A": "1", "Set-Cookie": "a=1" } }),
      },
      fetch: () => fetch(new URL("/inner", server().url)),
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "the same request's body sent back as a stream",
    () => ({ fetch: (req) => new Response(req.body) }),
    async (c) => {
      await c.ask("POST /", ["Content-Length: 5"], "hello");
      await c.ask("POST /", ["Transfer-Encoding: chunked"], "3\r\nabc\r\n0\r\n\r\n");
    },
  );
