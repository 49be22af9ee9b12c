import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, request } from "@mantou/testing/raw-client";
import { until } from "@mantou/testing/wait";
import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from "hono/cookie";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { jsx } from "hono/jsx";
import { proxy } from "hono/proxy";
import { stream, streamSSE, streamText } from "hono/streaming";
import { validator } from "hono/validator";
import { describe, expect, it } from "vitest";
import { start } from "../support/servers.ts";
import { FORM_TYPE, JSON_TYPE, MULTIPART, MULTIPART_TYPE, post } from "./post.ts";

const LONG = "buns in a row ".repeat(500);

captureErrors();

const serveApp = (add: (app: Hono) => unknown) => {
  const app = new Hono();
  add(app);
  return start({ fetch: app.fetch });
};

describe("Hono's routes", () => {
  it("get what the path and the query say, in applications within applications", async () => {
    const server = serveApp((app) => {
      const buns = new Hono().get("/:kind", (c) => c.json([c.req.param("kind"), c.req.queries("q")]));
      app.route("/buns", buns).mount("/old", (req) => new Response(new URL(req.url).pathname));
      app.all("/method", (c) => c.text(c.req.method));
    });
    expect((await ask(server, "GET /buns/b%C3%A4o?q=1&q=2")).text).toBe('["bäo",["1","2"]]');
    expect((await ask(server, "GET /old/path")).text).toBe("/path");
    expect((await ask(server, "PATCH /method")).text).toBe("PATCH");
    expect(await ask(server, "GET /none")).toMatchObject({ status: 404, text: "404 Not Found" });
  });

  it("respond with status, headers and every kind of body", async () => {
    const server = serveApp((app) => {
      app.get("/headers", (c) => {
        c.header("X-A", "1");
        c.header("X-A", "2", { append: true });
        return c.body("text", 201);
      });
      app.get("/json", (c) => c.json({ a: 1 }));
      app.get("/html", (c) => c.html(jsx("p", { class: "bun" }, "<&>").toString()));
      app.get("/redirect", (c) => c.redirect("/json"));
      app.get("/nothing", (c) => c.body(null, 204));
      app.get("/response", () => new Response(new Blob(["blob"]), { headers: [["X-B", "b"]] }));
    });
    const made = await ask(server, "GET /headers");
    expect([made.status, made.headers["x-a"], made.text]).toEqual([201, "1, 2", "text"]);
    expect(await ask(server, "GET /json")).toMatchObject({
      text: '{"a":1}',
      headers: { "content-type": "application/json" },
    });
    expect((await ask(server, "GET /html")).text).toBe('<p class="bun">&lt;&amp;&gt;</p>');
    expect(await ask(server, "GET /redirect")).toMatchObject({
      status: 302,
      headers: { location: "/json" },
    });
    expect(await ask(server, "GET /nothing")).toMatchObject({ status: 204, text: "" });
    expect(await ask(server, "GET /response")).toMatchObject({ text: "blob", headers: { "x-b": "b" } });
    expect(await ask(server, "HEAD /json")).toMatchObject({ status: 200, text: "" });
  });

  it("that throw get the response of onError", async () => {
    const server = serveApp((app) => {
      app.get("/throw", () => {
        throw new Error("burnt");
      });
      app.get("/teapot", () => {
        throw new HTTPException(418, { message: "teapot" });
      });
      app.onError((error, c) =>
        error instanceof HTTPException ? error.getResponse() : c.text(`sorry: ${error.message}`, 500),
      );
    });
    expect(await ask(server, "GET /throw")).toMatchObject({ status: 500, text: "sorry: burnt" });
    expect(await ask(server, "GET /teapot")).toMatchObject({ status: 418, text: "teapot" });
  });
});

describe("Hono's requests", () => {
  it("are read as JSON, forms, files, text and bytes, and again", async () => {
    const server = serveApp((app) => {
      app.post("/json", async (c) => c.json(await c.req.json()));
      app.post("/form", async (c) => {
        const { title, file } = await c.req.parseBody();
        return c.json([title, file instanceof File ? [file.name, file.type, await file.text()] : file]);
      });
      app.post("/bytes", async (c) => c.body(await c.req.arrayBuffer()));
      app.post("/twice", async (c) => c.json([await c.req.raw.clone().text(), await c.req.text()]));
      app.post("/pipe", (c) => c.body(c.req.raw.body!));
    });
    expect((await post(server, "/json", JSON_TYPE, '{"a":[1]}')).text).toBe('{"a":[1]}');
    expect((await post(server, "/form", FORM_TYPE, "title=b%20b&file=x")).text).toBe('["b b","x"]');
    expect((await post(server, "/form", MULTIPART_TYPE, MULTIPART)).text).toBe(
      '["steamed",["a.txt","text/plain","content"]]',
    );
    expect((await post(server, "/bytes", "a/b", LONG)).text).toBe(LONG);
    expect((await post(server, "/twice", "a/b", "once")).text).toBe('["once","once"]');
    expect((await post(server, "/pipe", "a/b", LONG)).text).toBe(LONG);
  });

  it("are validated, and limited, with a length or without", async () => {
    const server = serveApp((app) => {
      app.post(
        "/valid",
        validator("json", (value: { n?: unknown }, c) =>
          typeof value.n === "number" ? { n: value.n } : c.text("invalid", 400),
        ),
        (c) => c.json(c.req.valid("json")),
      );
      app.post("/limit", bodyLimit({ maxSize: 5, onError: (c) => c.text("too big", 413) }), async (c) =>
        c.text(await c.req.text()),
      );
    });
    expect((await post(server, "/valid", JSON_TYPE, '{"n":1}')).text).toBe('{"n":1}');
    expect((await post(server, "/valid", JSON_TYPE, '{"n":"1"}')).status).toBe(400);
    expect((await post(server, "/valid", JSON_TYPE, "{n")).status).toBe(400);
    expect((await post(server, "/limit", "a/b", "small")).text).toBe("small");
    expect((await post(server, "/limit", "a/b", "larger")).status).toBe(413);
    const chunked = ["Transfer-Encoding: chunked"];
    expect((await ask(server, "POST /limit", chunked, "6\r\nlarger\r\n0\r\n\r\n")).status).toBe(413);
  });

  it("are passed on, with their bodies", async () => {
    const server = serveApp((app) => {
      app.post("/target", async (c) => c.text(`${c.req.header("x-a")} ${await c.req.text()}`));
      app.post("/proxy", (c) => proxy(new URL("/target", c.req.url), c.req));
      app.post("/fetch", (c) => fetch(new Request(new URL("/target", c.req.url), c.req.raw)));
    });
    const host = `Host: 127.0.0.1:${server.port}`;
    for (const path of ["/proxy", "/fetch"]) {
      const content = `POST ${path} HTTP/1.1\r\n${host}\r\nX-A: a\r\nContent-Length: 4\r\n\r\nbuns`;
      expect((await connect(server).write(content).response()).text, path).toBe("a buns");
    }
  });
});

describe("Hono's middleware", () => {
  it("reads and sets cookies, signed ones too", async () => {
    const server = serveApp((app) => {
      app.get("/set", async (c) => {
        setCookie(c, "a", "1", { httpOnly: true });
        await setSignedCookie(c, "signed", "bun", "secret");
        deleteCookie(c, "gone");
        return c.json(getCookie(c));
      });
      app.get("/get", async (c) => c.json(await getSignedCookie(c, "secret", "signed")));
    });
    const { headers, text } = await ask(server, "GET /set", ["Cookie: x=y; z=%20"]);
    expect(text).toBe('{"x":"y","z":" "}');
    expect(headers["set-cookie"]).toMatch(
      /^a=1; Path=\/; HttpOnly, signed=bun\.\S+; Path=\/, gone=; Max-Age=0/,
    );
    const signed = /signed=[^;]+/.exec(headers["set-cookie"]!)![0];
    expect((await ask(server, "GET /get", [`Cookie: ${signed}`])).text).toBe('"bun"');
    expect((await ask(server, "GET /get", [`Cookie: ${signed.replace("bun", "pie")}`])).text).toBe("false");
  });

  it("does CORS, authentication, entity tags and compression", async () => {
    const server = serveApp((app) => {
      app.use("/cors", cors({ origin: "http://a.example", allowMethods: ["GET"] }));
      app.use("/auth", basicAuth({ username: "ann", password: "pw" }));
      app.use("/etag", etag());
      app.use("/gzip", compress());
      app.get("/:any", (c) => c.text(LONG));
    });
    const preflight = ["Origin: http://a.example", "Access-Control-Request-Method: GET"];
    expect(await ask(server, "OPTIONS /cors", preflight)).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": "http://a.example", "access-control-allow-methods": "GET" },
    });
    expect((await ask(server, "GET /auth")).headers["www-authenticate"]).toContain("Basic");
    const login = `Authorization: Basic ${Buffer.from("ann:pw").toString("base64")}`;
    expect((await ask(server, "GET /auth", [login])).status).toBe(200);
    const tag = (await ask(server, "GET /etag")).headers["etag"]!;
    expect(await ask(server, "GET /etag", [`If-None-Match: ${tag}`])).toMatchObject({
      status: 304,
      text: "",
    });
    const zipped = await ask(server, "GET /gzip", ["Accept-Encoding: gzip"]);
    expect(zipped.headers["content-encoding"]).toBe("gzip");
    expect(zlib.gunzipSync(zipped.body).toString()).toBe(LONG);
  });
});

describe("Hono's streams", () => {
  it("are sent as they are written", async () => {
    const server = serveApp((app) => {
      app.get("/bytes", (c) =>
        stream(c, async (out) => {
          for (const part of ["a", "b"]) await out.write(Buffer.from(part));
        }),
      );
      app.get("/text", (c) => streamText(c, async (out) => void (await out.writeln("line"))));
      app.get("/events", (c) =>
        streamSSE(c, async (out) => {
          for (const id of ["1", "2"]) await out.writeSSE({ data: "bun", event: "tick", id });
        }),
      );
      app.get("/piped", (c) => stream(c, async (out) => void (await out.pipe(new Blob([LONG]).stream()))));
    });
    expect((await ask(server, "GET /bytes")).text).toBe("ab");
    expect((await ask(server, "GET /text")).text).toBe("line\n");
    expect((await ask(server, "GET /piped")).text).toBe(LONG);
    const events = await ask(server, "GET /events");
    expect(events.headers["content-type"]).toBe("text/event-stream");
    expect(events.text).toBe("event: tick\ndata: bun\nid: 1\n\nevent: tick\ndata: bun\nid: 2\n\n");
  });

  it("hear that the client is gone", async () => {
    let aborted = false;
    const server = serveApp((app) => {
      app.get("/events", (c) =>
        streamSSE(c, async (out) => {
          out.onAbort(() => {
            aborted = true;
          });
          while (!out.aborted) {
            await out.writeSSE({ data: "tick" });
            await out.sleep(1);
          }
        }),
      );
    });
    const client = connect(server).write(request("GET /events"));
    await until(() => client.received.includes("data: tick"), "an event");
    client.destroy();
    await until(() => aborted, "aborted");
  });
});
