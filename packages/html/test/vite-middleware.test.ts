import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { viteMiddleware } from "../src/vite-middleware.ts";

type Next = (error?: unknown) => void;
const over = (middlewares: (request: IncomingMessage, response: ServerResponse, next: Next) => void) =>
  viteMiddleware({ middlewares });

describe("viteMiddleware", () => {
  it("gives a middleware node's request, with its body, and makes a Response of what it writes", async () => {
    const handle = over((request, response) => {
      const { method, url, headers } = request;
      response.writeHead(201, "Made", {
        "Set-Cookie": ["a=1", "b=2"],
        "X-Seen": `${method} ${url} ${headers.host} ${headers["x-a"]}`,
      });
      request.pipe(response);
    });
    const body = "buns ".repeat(50_000);
    const response = await handle(
      new Request("http://host.example:81/p/%20?q=1", { method: "POST", headers: { "X-A": "y" }, body }),
    );
    expect([response.status, response.statusText]).toEqual([201, "Made"]);
    expect(response.headers.get("x-seen")).toBe("POST /p/%20?q=1 host.example:81 y");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    for (const name of ["connection", "transfer-encoding", "keep-alive"])
      expect(response.headers.has(name)).toBe(false);
    expect(await response.text()).toBe(body);
  });

  it.each([
    "POST",
    "DELETE",
    "OPTIONS",
  ])("gives it the body of %s, with its length or without one", async (method) => {
    const handle = over((request, response) => void request.pipe(response));
    const body = () => new Blob(["abc"]).stream();
    for (const headers of [{}, { "Content-Length": "3" }]) {
      const request = new Request("http://a/", { method, headers, body: body(), duplex: "half" });
      expect(await (await handle(request)).text()).toBe("abc");
    }
    // A length without a body would be waited for.
    const none = new Request("http://a/", { method, headers: { "Content-Length": "3" } });
    expect(await (await handle(none)).text()).toBe("");
  });

  it("responds with 404 if no middleware does, and without a body to 304 and to HEAD", async () => {
    const handle = over((request, response, next) => {
      if (request.url === "/none") next();
      else if (request.url === "/failed") next(Object.assign(response, { statusCode: 503 }) && undefined);
      else response.writeHead(request.method === "HEAD" ? 200 : 304, { ETag: '"a"' }).end();
    });
    expect((await handle(new Request("http://a/none"))).status).toBe(404);
    expect((await handle(new Request("http://a/failed"))).status).toBe(503);
    const fresh = await handle(new Request("http://a/x", { headers: { "If-None-Match": '"a"' } }));
    expect([fresh.status, fresh.headers.get("etag"), fresh.body]).toEqual([304, '"a"', null]);
    expect(await (await handle(new Request("http://a/x", { method: "HEAD" }))).text()).toBe("");
  });

  it("rejects for an error that no middleware takes, for a connection that is destroyed, and when the client goes", async () => {
    const handle = over((request, response, next) => {
      if (request.url === "/error") next(new Error("not transformed"));
      else if (request.url === "/destroy") response.destroy();
    });
    await expect(handle(new Request("http://a/error"))).rejects.toThrow("not transformed");
    await expect(handle(new Request("http://a/destroy"))).rejects.toThrow();
    const gone = new AbortController();
    const waiting = handle(new Request("http://a/wait", { signal: gone.signal }));
    gone.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    await expect(
      handle(new Request("http://a/wait", { signal: AbortSignal.abort(new Error("gone")) })),
    ).rejects.toThrow("gone");
  });
});
