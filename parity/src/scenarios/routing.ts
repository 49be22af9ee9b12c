import { type AnyOptions, AreaBuilder } from "../scenario.ts";

const text = (content: string) => () => new Response(content);

export const routing: AreaBuilder = new AreaBuilder("routing")
  .add(
    "an exact path comes before a parameter, that before a wildcard, whatever their order",
    () => ({
      routes: {
        "/*": text("any"),
        "/u/*": text("under u"),
        "/u/:id": text("parameter"),
        "/u/me": text("exact"),
      },
    }),
    async (c) => {
      for (const path of ["/u/me", "/u/you", "/u/me/x", "/u", "/u/", "/", "/x/y"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "an exact segment comes before a parameter in the middle",
    () => ({
      routes: { "/a/:x/c": text("a:c"), "/a/b/:y": text("ab:"), "/:w/b/c": text(":bc") },
    }),
    async (c) => {
      for (const path of ["/a/b/c", "/a/x/c", "/z/b/c", "/a/b/d", "/z/b/d"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "parameters are decoded, and named",
    () => ({
      routes: { "/:a/and/:b": (request) => Response.json(request.params) },
    }),
    async (c) => {
      for (const path of ["/1/and/2", "/a%20b/and/%C3%A4", "/a%2Fb/and/x", "/a+b/and/%2B", "/x/and/y?q=1"]) {
        await c.ask(`GET ${path}`);
      }
    },
  )
  .add(
    "a parameter that is no percent-encoded UTF-8",
    () => ({ routes: { "/p/:a": (request) => Response.json(request.params) } }),
    async (c) => {
      for (const path of ["/p/%FF", "/p/%E4x", "/p/100%", "/p/%zz", "/p/%C3%A4%FF"])
        await c.ask(`GET ${path}`);
    },
  )
  .add(
    "an empty segment is no parameter",
    () => ({ routes: { "/p/:a/x": text("matched"), "/q/:a": text("q") }, fetch: text("fetch") }),
    async (c) => {
      for (const path of ["/p//x", "/q/", "/q", "/q//"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "a slash at the end makes another path",
    () => ({ routes: { "/a": text("without"), "/b/": text("with") }, fetch: text("fetch") }),
    async (c) => {
      for (const path of ["/a", "/a/", "/b", "/b/"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "the query belongs to no route",
    () => ({ routes: { "/a": (request) => new Response(new URL(request.url).search) } }),
    async (c) => {
      for (const path of ["/a?x=1&y=2", "/a?", "/a?/b", "/a?x=%20+"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "paths differ in case",
    () => ({ routes: { "/Case": text("upper") }, fetch: text("fetch") }),
    async (c) => {
      for (const path of ["/Case", "/case"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "an encoded path and a plain route",
    () => ({ routes: { "/c%20d": text("encoded") }, fetch: text("fetch") }),
    async (c) => {
      for (const path of ["/c%20d", "/c%20D", "/%63%20d"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "two slashes and dots are not tidied up",
    () => ({
      routes: { "/a": text("a"), "/b": text("b") },
      fetch: (request) => new Response(`fetch ${request.url}`),
    }),
    async (c) => {
      for (const path of ["//a", "/./a", "/b/../a", "/a/."]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "a wildcard matches any depth, and not its own prefix without a slash",
    () => ({
      routes: { "/w/*": (request) => new Response(new URL(request.url).pathname) },
      fetch: text("fetch"),
    }),
    async (c) => {
      for (const path of ["/w", "/w/", "/w/a", "/w/a/b/c", "/wx"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "a wildcard gives no parameters of its own",
    () => ({ routes: { "/:a/*": (request) => Response.json(request.params) } }),
    async (c) => c.ask("GET /x/y/z"),
  )
  .add(
    "a handler gets the server, as an argument and as this",
    ({ server, note }) => {
      const options: AnyOptions = {
        routes: {
          "/r": function (this: unknown, _request, given) {
            note(given === server(), this === server());
            return new Response();
          },
        },
        fetch(_request, given) {
          note(given === server(), this === server());
          return new Response();
        },
      };
      return options;
    },
    async (c) => {
      await c.ask("GET /r");
      await c.ask("GET /f");
    },
  )
  .add(
    "invalid routes are refused",
    ({ attempt, serve }) => {
      const wrong: unknown[] = [
        1,
        "text",
        null,
        undefined,
        {},
        { GET: 1 },
        { BREW: () => new Response() },
        [],
        true,
      ];
      for (const value of wrong) {
        attempt(`${JSON.stringify(value)}`, () => {
          const options = {
            port: 0,
            routes: { "/": value },
            fetch: () => new Response(),
          } as unknown as AnyOptions;
          serve(options).stop(true);
          return "taken";
        });
      }
      return { fetch: text("fetch") };
    },
    async (c) => c.ask("GET /"),
  )
  .add(
    "invalid patterns are refused",
    ({ attempt, serve }) => {
      for (const pattern of [
        "a",
        "",
        "/:",
        "/:1",
        "/:a/:a",
        "/a*",
        "/*/a",
        "/:a:b",
        "/a:b",
        "/:a-b",
        "*",
        "/a b",
        "/ä",
      ]) {
        attempt(pattern, () => {
          serve({ port: 0, routes: { [pattern]: text("x") }, fetch: text("fetch") } as AnyOptions).stop(true);
          return "taken";
        });
      }
      return { fetch: text("fetch") };
    },
    async (c) => c.ask("GET /"),
  );
