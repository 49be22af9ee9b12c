import { captureErrors } from "@mantou/testing/errors";
import { ask, connect } from "@mantou/testing/raw-client";
import {
  createEventStream,
  getCookie,
  getQuery,
  getRouterParam,
  H3,
  HTTPError,
  handleCacheHeaders,
  handleCors,
  html,
  iterable,
  proxyRequest,
  readBody,
  readFormData,
  redirect,
  setCookie,
} from "h3";
import { describe, expect, it } from "vitest";
import { start } from "../support/servers.ts";
import { FORM_TYPE, JSON_TYPE, MULTIPART, MULTIPART_TYPE, post } from "./post.ts";

captureErrors();

const serveApp = (add: (app: H3) => unknown) => {
  const app = new H3();
  add(app);
  return start({ fetch: (request) => app.fetch(request) });
};

describe("h3", () => {
  it("responds with what its handlers return, whatever it is", async () => {
    const server = serveApp((app) => {
      app.use((event) => void event.res.headers.set("X-Powered-By", "buns"));
      app.get("/text", () => "text").get("/json", () => ({ a: 1 }));
      app.get("/html", () => html`<p>${"bun"}</p>`).get("/bytes", () => new Uint8Array([97, 98]));
      app.get("/blob", () => new Blob(["blob"])).get("/nothing", () => null);
      app
        .get("/response", () => new Response("response", { status: 202 }))
        .get("/away", () => redirect("/text"));
      app.get("/iterable", () => iterable(["a", 1, { b: 2 }]));
      app.get("/stream", () => new Blob(["stream"]).stream());
      app.get("/made", (event) => {
        event.res.status = 201;
        return "made";
      });
      app.mount(
        "/sub",
        new H3().get("/:id", (event) => [getRouterParam(event, "id"), getQuery(event)]),
      );
    });
    const expected: [path: string, status: number, text: string][] = [
      ["/text", 200, "text"],
      ["/json", 200, '{"a":1}'],
      ["/html", 200, "<p>bun</p>"],
      ["/bytes", 200, "ab"],
      ["/blob", 200, "blob"],
      ["/nothing", 200, ""],
      ["/response", 202, "response"],
      ["/iterable", 200, 'a1{"b":2}'],
      ["/stream", 200, "stream"],
      ["/made", 201, "made"],
      ["/sub/7?q=1&q=2", 200, '["7",{"q":["1","2"]}]'],
    ];
    for (const [path, status, text] of expected) {
      const headers = { "x-powered-by": "buns" };
      expect(await ask(server, `GET ${path}`), path).toMatchObject({ status, text, headers });
    }
    expect(await ask(server, "GET /away")).toMatchObject({ status: 302, headers: { location: "/text" } });
    expect((await ask(server, "GET /none")).status).toBe(404);
    expect(await ask(server, "HEAD /json")).toMatchObject({ status: 200, text: "" });
  });

  it("tells errors as JSON", async () => {
    const server = serveApp((app) => {
      app.get("/teapot", () => {
        throw new HTTPError({ status: 418, message: "teapot", data: { of: "tea" } });
      });
    });
    const response = await ask(server, "GET /teapot");
    expect(response.status).toBe(418);
    expect(JSON.parse(response.text)).toMatchObject({ message: "teapot", data: { of: "tea" } });
  });

  it("reads JSON, forms and files", async () => {
    const server = serveApp((app) => {
      app.post("/body", async (event) => await readBody(event));
      app.post("/form", async (event) => {
        const form = await readFormData(event);
        const file = form.get("file");
        return [form.get("title"), file instanceof File ? await file.text() : file];
      });
    });
    expect((await post(server, "/body", JSON_TYPE, '{"a":[1]}')).text).toBe('{"a":[1]}');
    expect((await post(server, "/body", JSON_TYPE, "{a")).status).toBe(400);
    expect((await post(server, "/body", FORM_TYPE, "a=1&b=2")).text).toBe('{"a":"1","b":"2"}');
    expect((await post(server, "/form", MULTIPART_TYPE, MULTIPART)).text).toBe('["steamed","content"]');
  });

  it("has cookies, CORS, conditions, events and proxies", async () => {
    const server = serveApp((app) => {
      app.get("/cookies", (event) => {
        setCookie(event, "a", "1");
        setCookie(event, "b", "2", { httpOnly: true });
        return getCookie(event, "x");
      });
      app.all("/cors", (event) => {
        const handled = handleCors(event, { origin: "*", methods: ["GET"] });
        return handled === false ? "cors" : handled;
      });
      app.get("/cached", (event) => (handleCacheHeaders(event, { etag: '"v1"' }) ? "" : "fresh"));
      app.get("/events", (event) => {
        const events = createEventStream(event);
        void events.push({ event: "tick", data: "bun" }).then(() => events.close());
        return events.send();
      });
      app.post("/target", async (event) => ({ got: await readBody(event) }));
      app.post("/proxy", (event) => proxyRequest(event, new URL("/target", event.req.url).href));
    });
    expect(await ask(server, "GET /cookies", ["Cookie: x=y"])).toMatchObject({
      text: "y",
      headers: { "set-cookie": "a=1; Path=/, b=2; Path=/; HttpOnly" },
    });
    const preflight = ["Origin: http://a.example", "Access-Control-Request-Method: GET"];
    expect(await ask(server, "OPTIONS /cors", preflight)).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": "*" },
    });
    expect(await ask(server, "GET /cached")).toMatchObject({ text: "fresh", headers: { etag: '"v1"' } });
    expect((await ask(server, "GET /cached", ['If-None-Match: "v1"'])).status).toBe(304);
    expect((await ask(server, "GET /events")).text).toBe("event: tick\ndata: bun\n\n");
    const fields = ["Content-Type: application/json", "Content-Length: 7", `Host: 127.0.0.1:${server.port}`];
    const proxied = connect(server).write(`POST /proxy HTTP/1.1\r\n${fields.join("\r\n")}\r\n\r\n{"b":1}`);
    expect((await proxied.response()).text).toBe('{"got":{"b":1}}');
  });
});
