import { request } from "../client.ts";
import { AreaBuilder } from "../scenario.ts";

const url = () => ({ fetch: (req: Request) => new Response(req.url) });

const post = (content: string, ...fields: string[]) =>
  ["POST /", [`Content-Length: ${content.length}`, ...fields], content] as const;

export const requests: AreaBuilder = new AreaBuilder("request")
  .add("url is made of Host and target", url, async (c) => {
    await c.ask("GET /a/b?c=d");
    for (const host of ["example.com", "example.com:81", "EXAMPLE.com", "[::1]:80", "127.0.0.1:80"]) {
      await c.connect().write(`GET /x HTTP/1.1\r\nHost: ${host}\r\n\r\n`).response();
    }
  })
  .add("url without Host, in HTTP/1.0", url, async (c) => {
    await c.connect().write("GET /x HTTP/1.0\r\n\r\n").response();
  })
  .add("url of an empty Host", url, async (c) => {
    await c.connect().write("GET /x HTTP/1.1\r\nHost:\r\n\r\n").response();
  })
  .add("url of a target in absolute-form", url, async (c) => {
    await c.connect().write("GET http://other:8080/p?q HTTP/1.1\r\nHost: test\r\n\r\n").response();
    await c.connect().write("GET http://other HTTP/1.1\r\nHost: other\r\n\r\n").response();
  })
  .add("url of odd paths", url, async (c) => {
    for (const path of [
      "/a/../b",
      "/./a",
      "//a//b",
      "/%7Ea",
      "/%zz",
      "/a%00b",
      "/a|b",
      '/a"b',
      "/a\\b",
      "/{x}",
      "/?a=<b>",
      "/a;b=c",
    ]) {
      await c.ask(`GET ${path}`);
    }
  })
  .add(
    "a route is found by a target in absolute-form",
    () => ({ routes: { "/p": () => new Response("route") }, fetch: () => new Response("fetch") }),
    async (c) => {
      await c.connect().write("GET http://other/p?q HTTP/1.1\r\nHost: test\r\n\r\n").response();
    },
  )
  .add(
    "method",
    () => ({ fetch: (req) => new Response(req.method) }),
    async (c) => {
      for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "get"])
        await c.ask(`${method} /`);
    },
  )
  .add(
    "TRACE",
    () => ({ fetch: (req) => new Response(req.method) }),
    async (c) => c.ask("TRACE /"),
  )
  .add(
    "CONNECT",
    () => ({ fetch: (req) => new Response(req.method) }),
    async (c) => {
      await c.connect().write("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n").response();
    },
  )
  .add(
    "OPTIONS of the whole server",
    () => ({ fetch: (req) => new Response(`${req.method} ${req.url}`) }),
    async (c) => {
      await c.ask("OPTIONS *");
    },
  )
  .add(
    "headers: any case, joined, trimmed",
    () => ({
      fetch: (req) =>
        Response.json(["x-a", "X-A", "x-b", "X-None", "cookie"].map((name) => req.headers.get(name))),
    }),
    async (c) => {
      await c.ask("GET /", ["X-A: 1", "x-a:2", "X-A:   3  ", "x-B:", "Cookie: a=1", "Cookie: b=2"]);
    },
  )
  .add(
    "headers are iterated in their order of names, in lower case",
    () => ({ fetch: (req) => Response.json([...req.headers]) }),
    async (c) => c.ask("GET /", ["B: 1", "A: 2", "b: 3"]),
  )
  .add(
    "bytes past ASCII in a header",
    () => ({
      fetch: (req) => Response.json([...(req.headers.get("x") ?? "")].map((char) => char.codePointAt(0))),
    }),
    async (c) => c.ask("GET /", ["X: \xe4\xff"]),
  )
  .add(
    "signal is aborted when the client goes away",
    ({ note }) => ({
      fetch: async (req) => {
        note("begun", req.signal.aborted);
        await new Promise((resolve) => req.signal.addEventListener("abort", resolve));
        note("aborted", req.signal.aborted, (req.signal.reason as Error)?.name);
        return new Response();
      },
    }),
    async (c) => {
      const http = c.connect().write(request("GET /"));
      await c.noted(1);
      http.abort();
      await c.noted(2);
    },
  )
  .add(
    "attributes of the Fetch standard",
    () => ({
      fetch: ({
        cache,
        credentials,
        destination,
        integrity,
        keepalive,
        mode,
        redirect,
        referrer,
        referrerPolicy,
      }) =>
        Response.json({
          cache,
          credentials,
          destination,
          integrity,
          keepalive,
          mode,
          redirect,
          referrer,
          referrerPolicy,
        }),
    }),
    async (c) => c.ask("GET /", ["Referer: http://x/"]),
  )
  .add(
    "a new Request made of it",
    () => ({
      fetch: async (req) => {
        const copy = new Request(req, { method: "PUT" });
        return Response.json([copy.method, copy.url, copy.headers.get("x"), await copy.text()]);
      },
    }),
    async (c) => c.ask(...post("copied", "X: 1")),
  )
  .add(
    "params of a request to fetch",
    () => ({
      fetch: (req) =>
        Response.json(["params" in req, (req as unknown as { params?: unknown }).params === undefined]),
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "requestIP",
    () => ({
      fetch: (req, server) => {
        const { address, family, port } = server.requestIP(req)!;
        return Response.json([address, family, port > 0]);
      },
    }),
    async (c) => c.ask("GET /"),
  )
  .add(
    "requestIP of a finished request, and of one that was not received",
    ({ note }) => ({
      fetch: (req, server) => {
        note(server.requestIP(new Request("http://x/")));
        void new Promise((resolve) => setTimeout(resolve, 20)).then(() =>
          note(server.requestIP(req)?.address ?? null),
        );
        return new Response();
      },
    }),
    async (c) => {
      await c.ask("GET /");
      await c.noted(2);
    },
  );
