import { AreaBuilder } from "../scenario.ts";

export const cookies: AreaBuilder = new AreaBuilder("cookies")
  .add(
    "a route reads cookies",
    () => ({
      routes: {
        "/": (req) =>
          Response.json([req.cookies.get("a"), req.cookies.get("b"), req.cookies.has("c"), req.cookies.size]),
      },
    }),
    async (c) => {
      await c.ask("GET /", ["Cookie: a=1; b=%C3%A4"]);
      await c.ask("GET /");
      await c.ask("GET /", ["Cookie: a=1", "Cookie: b=2"]);
    },
  )
  .add(
    "set",
    () => ({
      routes: {
        "/": (req) => {
          req.cookies.set("a", "1");
          req.cookies.set("b", "2", {
            path: "/p",
            domain: "example.com",
            httpOnly: true,
            secure: true,
            sameSite: "strict",
            maxAge: 60,
          });
          req.cookies.set({
            name: "c",
            value: "3",
            expires: new Date(1e12),
            sameSite: "none",
            partitioned: true,
          });
          return new Response("set");
        },
      },
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "set twice, and get what was set",
    () => ({
      routes: {
        "/": (req) => {
          req.cookies.set("a", "1");
          req.cookies.set("a", "2");
          return new Response(req.cookies.get("a"));
        },
      },
    }),
    async (c) => c.ask("GET /", ["Cookie: a=0"]),
  )
  .add(
    "values are encoded",
    () => ({
      routes: {
        "/": (req) => {
          req.cookies.set("a", "x y;z,=ä%");
          return new Response();
        },
      },
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "delete",
    () => ({
      routes: {
        "/": (req) => {
          req.cookies.delete("a");
          req.cookies.delete("b", { path: "/p", domain: "example.com" });
          return new Response(String(req.cookies.get("a")));
        },
      },
    }),
    async (c) => c.ask("GET /", ["Cookie: a=1; b=2"]),
  )
  .add(
    "changes and Set-Cookie of the response",
    () => ({
      routes: {
        "/": (req) => {
          req.cookies.set("a", "1");
          return new Response("both", { headers: { "Set-Cookie": "b=2" } });
        },
      },
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "changes go with an async response, a redirect and JSON",
    ({ Response }) => ({
      routes: {
        "/async": async (req) => {
          await Promise.resolve();
          req.cookies.set("a", "1");
          return new Response("async");
        },
        "/redirect": (req) => {
          req.cookies.set("a", "1");
          return Response.redirect("/x");
        },
        "/json": (req) => {
          req.cookies.set("a", "1");
          return Response.json(1);
        },
      },
    }),
    async (c) => {
      for (const path of ["/async", "/redirect", "/json"]) await c.ask(`GET ${path}`);
    },
  )
  .add(
    "reading changes nothing",
    () => ({ routes: { "/": (req) => new Response(req.cookies.get("a")) } }),
    async (c) => c.ask("GET /", ["Cookie: a=1"]),
  )
  .add(
    "iteration, and toJSON",
    () => ({
      routes: {
        "/": (req) =>
          Response.json([
            [...req.cookies],
            req.cookies.toJSON(),
            [...req.cookies.keys()],
            [...req.cookies.values()],
          ]),
      },
    }),
    async (c) => c.ask("GET /", ["Cookie: b=2; a=1; b=3"]),
  )
  .add(
    "cookies that are badly written",
    () => ({ routes: { "/": (req) => Response.json([...req.cookies]) } }),
    async (c) => {
      for (const cookie of ["a", "=1", "a=", " a = 1 ", 'a="1"', ";;a=1;;", "a=b=c", "a=1,b=2"])
        await c.ask("GET /", [`Cookie: ${cookie}`]);
    },
  )
  .add(
    "names and values that are refused",
    ({ attempt, CookieMap, Cookie }) => {
      const map = new CookieMap();
      attempt("name", () => map.set("a b", "1"));
      attempt("empty name", () => map.set("", "1"));
      attempt("line break", () => map.set("a\r\n", "1"));
      attempt("path", () => new Cookie("a", "1", { path: "/;x" }).toString());
      attempt("domain", () => new Cookie("a", "1", { domain: "x;y" }).toString());
      attempt("sameSite", () => new Cookie("a", "1", { sameSite: "wrong" as "lax" }).toString());
      return { fetch: () => new Response() };
    },
    async (c) => c.ask("GET /"),
  )
  .add(
    "Cookie",
    ({ note, Cookie }) => {
      const cookie = new Cookie("a", "1", { path: "/p", maxAge: 5, httpOnly: true });
      note(cookie.toString());
      note(cookie.toJSON());
      note(Cookie.parse("b=2; Path=/x; Secure; SameSite=Strict; HttpOnly; Max-Age=7").toString());
      note(Cookie.from("c", "3").serialize());
      note(new Cookie("d=4; Domain=example.com").toString());
      note(new Cookie("e", "5", { expires: new Date(0) }).isExpired(), new Cookie("e", "5").isExpired());
      return { fetch: () => new Response() };
    },
    async (c) => c.ask("GET /"),
  )
  .add(
    "CookieMap",
    ({ note, CookieMap }) => {
      const map = new CookieMap("a=1; b=2");
      map.set("c", "3");
      map.delete("a");
      note(map.toSetCookieHeaders(), map.size, map.has("a"));
      note([...new CookieMap({ x: "1", y: "2" })], [...new CookieMap([["z", "3"]])]);
      return { fetch: () => new Response() };
    },
    async (c) => c.ask("GET /"),
  );
