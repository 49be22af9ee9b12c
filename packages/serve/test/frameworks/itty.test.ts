import { captureErrors } from "@mantou/testing/errors";
import { ask } from "@mantou/testing/raw-client";
import {
  AutoRouter,
  cors,
  error,
  html,
  type IRequest,
  StatusError,
  status,
  withContent,
  withCookies,
  withParams,
} from "itty-router";
import { describe, expect, it } from "vitest";
import { start } from "../support/servers.ts";
import { JSON_TYPE, post } from "./post.ts";

captureErrors();

const serveRouter = (add: (router: ReturnType<typeof AutoRouter>) => unknown, options = {}) => {
  const router = AutoRouter(options);
  add(router);
  return start({ fetch: (request, server) => router.fetch(request, server) as Promise<Response> });
};

describe("itty-router", () => {
  it("responds with texts, objects, statuses and responses", async () => {
    const server = serveRouter((router) => {
      router.get("/text", () => "text").get("/json", () => ({ a: 1 }));
      router.get("/none", () => status(204)).get("/html", () => html("<b>bun</b>"));
      router.get("/response", () => new Response("made", { status: 201 }));
      router.get("/teapot", () => {
        throw new StatusError(418, "teapot");
      });
      router.get("/refused", () => error(403, "no"));
    });
    expect((await ask(server, "GET /text")).text).toBe('"text"');
    expect((await ask(server, "GET /json")).text).toBe('{"a":1}');
    expect(await ask(server, "GET /none")).toMatchObject({ status: 204, text: "" });
    expect(await ask(server, "GET /html")).toMatchObject({
      text: "<b>bun</b>",
      headers: { "content-type": "text/html" },
    });
    expect(await ask(server, "GET /response")).toMatchObject({ status: 201, text: "made" });
    expect(await ask(server, "GET /teapot")).toMatchObject({
      status: 418,
      text: '{"status":418,"error":"teapot"}',
    });
    expect((await ask(server, "GET /refused")).status).toBe(403);
    expect((await ask(server, "GET /nowhere")).status).toBe(404);
  });

  it("finds parameters, the query, cookies and the body on the request", async () => {
    const server = serveRouter((router) => {
      router.get("/buns/:kind", withParams, ({ kind, query }: IRequest) => ({ kind, query }));
      router.get("/all/:rest+", ({ params }: IRequest) => params);
      router.get("/cookies", withCookies, ({ cookies }: IRequest) => cookies);
      router.post("/content", withContent, ({ content }: IRequest) => content);
    });
    expect((await ask(server, "GET /buns/bao?a=1&b=2&b=3")).text).toBe(
      '{"kind":"bao","query":{"a":"1","b":["2","3"]}}',
    );
    expect((await ask(server, "GET /all/a/b")).text).toBe('{"rest":"a/b"}');
    expect((await ask(server, "GET /cookies", ["Cookie: a=1; b=2"])).text).toBe('{"a":"1","b":"2"}');
    expect((await post(server, "/content", JSON_TYPE, '{"a":[1]}')).text).toBe('{"a":[1]}');
    expect((await post(server, "/content", "text/plain", "plain")).text).toBe('"plain"');
  });

  it("does CORS, and gets the server as its second argument", async () => {
    const { preflight, corsify } = cors({ origin: "http://a.example" });
    const server = serveRouter(
      (router) => router.get("/same", (_: IRequest, given: typeof server) => given === server),
      { before: [preflight], finally: [corsify] },
    );
    const asked = ["Origin: http://a.example", "Access-Control-Request-Method: GET"];
    expect(await ask(server, "OPTIONS /same", asked)).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": "http://a.example" },
    });
    expect((await ask(server, "GET /same", ["Origin: http://a.example"])).text).toBe("true");
  });
});
