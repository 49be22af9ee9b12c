import { Buffer } from "node:buffer";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { connect, request } from "@mantou/testing/raw-client";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { outcome } from "../support/fetch-apis.ts";
import { acts, PlatformRequest } from "../support/request-acts.ts";
import { start } from "../support/servers.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

interface Received {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly [name: string, value: string][];
  readonly content: string;
}

const JSON_CONTENT = '{"a":[1,"\u00e9"]}';

const received = {
  get: {
    method: "GET",
    target: "/a/b?c=d",
    headers: [
      ["X-A", "1"],
      ["x-a", "2"],
      ["Cookie", "a=1"],
      ["cookie", "b=2"],
    ],
    content: "",
  },
  post: {
    method: "POST",
    target: "/",
    headers: [["Content-Type", "application/json"]],
    content: JSON_CONTENT,
  },
  empty: { method: "POST", target: "/", headers: [], content: "" },
  form: {
    method: "PUT",
    target: "/../x%20y",
    headers: [["content-type", "application/x-www-form-urlencoded"]],
    content: "a=1+2&b=%C3%A9",
  },
  multipart: {
    method: "PATCH",
    target: "/",
    headers: [["Content-Type", "multipart/form-data; boundary=x"]],
    content:
      '--x\r\nContent-Disposition: form-data; name="f"; filename="n.txt"\r\nContent-Type: text/plain\r\n\r\nhi\r\n--x--\r\n',
  },
  "a method in lower case": { method: "get", target: "/", headers: [], content: "" },
  "a method in mixed case": { method: "pOsT", target: "/", headers: [], content: "x" },
  "a method in lower case that stays so": { method: "patch", target: "/", headers: [], content: "x" },
  custom: { method: "PURGE", target: "/", headers: [["Connection", "keep-alive"]], content: "x" },
} satisfies Record<string, Received>;

describe.each(Object.entries<Received>(received))("a request: %s", (_, {
  method,
  target,
  headers,
  content,
}) => {
  it.each(Object.entries(acts))("%s", async (_title, act) => {
    let seen: unknown;
    const server = start({
      async fetch(req) {
        seen = await outcome(() => act(req));
        return new Response();
      },
    });
    const bytes = Buffer.from(content);
    const fields = headers.map(([name, value]) => `${name}: ${value}`);
    if (bytes.length > 0) fields.push(`Content-Length: ${bytes.length}`);
    const client = connect(server).write(request(`${method} ${target}`, fields), bytes);
    await client.response();
    const own: [string, string][] = [["Host", "test"], ...headers];
    if (bytes.length > 0) own.push(["Content-Length", String(bytes.length)]);
    const plain = new PlatformRequest(`http://test${target}`, {
      method,
      headers: own,
      ...(content === "" ? {} : { body: content }),
    });
    plain.headers.delete(
      headers.some(([name]) => name.toLowerCase() === "content-type") ? "none" : "content-type",
    );
    expect(seen).toEqual(await outcome(() => act(plain)));
  });
});

describe("the body of GET", () => {
  it("cannot be read, as the standard and Bun have it", async () => {
    const seen: unknown[] = [];
    const server = start({
      async fetch(req) {
        seen.push([await req.text(), req.body, [...req.headers], new Request(req).method]);
        return new Response("ok");
      },
    });
    const client = connect(server).write(request("GET /", ["Content-Length: 3"], "abc"), request("GET /"));
    expect((await client.response()).text).toBe("ok");
    expect((await client.response()).text).toBe("ok");
    const expected = ["", null, [["host", "test"]], "GET"];
    expect(seen).toEqual([expected, expected]);
  });
});

it("the body of GET in lower case cannot be read either", async () => {
  const server = start({ fetch: async (req) => new Response(`${req.method} ${await req.text()}`) });
  const client = connect(server).write(request("get /", ["Content-Length: 3"], "abc"), request("hEAD /"));
  expect((await client.response()).text).toBe("GET ");
  expect((await client.response()).text).toBe("HEAD ");
});

it("tells a listener of its signal, though nothing else keeps the request", async () => {
  let aborted = 0;
  let pending = 0;
  const server = start({
    fetch(req) {
      req.signal.addEventListener("abort", () => aborted++);
      pending++;
      return new Promise<Response>(() => {});
    },
  });
  const client = connect(server).write(request("GET /"));
  await until(() => pending === 1, "pending");
  collectGarbage();
  await turns();
  collectGarbage();
  client.abort();
  await until(() => aborted === 1, "aborted");
});

it("clones have chunks of their own, which may be changed and transferred", async () => {
  const server = start({
    async fetch(req) {
      const copy = req.clone();
      const chunks: Uint8Array[] = [];
      for await (const chunk of req.body!) {
        chunks.push(chunk.slice());
        chunk.fill(0);
        structuredClone(chunk.buffer, { transfer: [chunk.buffer] });
      }
      return new Response(`${Buffer.concat(chunks)} ${await copy.text()}`);
    },
  });
  const client = connect(server).write(request("POST /", ["Content-Length: 6"], "abc"));
  client.write("def");
  expect((await client.response()).text).toBe("abcdef abcdef");
});

it("a reader that is called on another object rejects, as the platform's does, and reads the platform's requests", async () => {
  const server = start({
    async fetch(req) {
      const found: unknown[] = [];
      for (const name of ["text", "json", "bytes", "arrayBuffer", "blob", "formData"]) {
        const read = Reflect.get(req, name) as (this: unknown) => Promise<unknown>;
        for (const value of [{}, undefined]) found.push(await read.call(value).catch((e: Error) => e.name));
      }
      const other = new PlatformRequest("http://a/", { method: "POST", body: "x" });
      return Response.json([found, await req.text.call(other)]);
    },
  });
  const { text } = await connect(server)
    .write(request("POST /", ["Content-Length: 3"], "abc"))
    .response();
  expect(JSON.parse(text)).toEqual([Array.from({ length: 12 }, () => "TypeError"), "x"]);
});

it("a clone of what is used or being read is an error, as ever", async () => {
  const server = start({
    async fetch(req) {
      const reader = req.body!.getReader();
      const locked = outcome(() => req.clone().method);
      await reader.read();
      return Response.json([await locked, await outcome(() => req.clone().method)]);
    },
  });
  const { text } = await connect(server)
    .write(request("POST /", ["Content-Length: 3"], "abc"))
    .response();
  expect(JSON.parse(text)).toEqual([expect.anything(), expect.anything()]);
  expect(text).toMatch(/TypeError.*TypeError/);
});

describe("params", () => {
  it("are the route's, on clones too", async () => {
    const server = start({
      routes: { "/:a/*": (req) => Response.json([req.params, (req.clone() as typeof req).params]) },
    });
    const client = connect(server).write(request("GET /%C3%A9/b/c"));
    expect(JSON.parse((await client.response()).text)).toEqual([
      { a: "\u00e9", "*": "b/c" },
      { a: "\u00e9", "*": "b/c" },
    ]);
  });

  it("are empty where there is no route", async () => {
    const server = start({
      fetch: (req) => Response.json(Object.keys((req as unknown as { params: object }).params)),
    });
    expect((await connect(server).write(request("GET /")).response()).text).toBe("[]");
  });
});

describe("fields of the connection alone (RFC 9110 \u00a77.6.1)", () => {
  const shown = async (line: string, fields: string[], content = ""): Promise<string[]> => {
    let names: string[] = [];
    const server = start({
      fetch: (req) => {
        names = [...req.headers].map(([name, value]) => `${name}: ${value}`);
        return new Response();
      },
    });
    await connect(server)
      .write(request(line, fields, content))
      .response();
    return names;
  };

  it("are not shown", async () => {
    expect(
      await shown(
        "POST /",
        ["Transfer-Encoding: chunked", "Keep-Alive: 5", "Expect: 100-continue", "X: 1"],
        "0\r\n\r\n",
      ),
    ).toEqual(["host: test", "x: 1"]);
    expect(
      await shown("GET /", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "TE: trailers"]),
    ).toEqual(["host: test", "te: trailers"]);
  });

  it("but whether the connection lasts is", async () => {
    expect(await shown("GET /", ["Connection: Keep-Alive"])).toEqual([
      "connection: Keep-Alive",
      "host: test",
    ]);
    expect(await shown("GET /", ["Connection: close"])).toEqual(["connection: close", "host: test"]);
  });

  it("and Host is that of an absolute target (RFC 9112 §3.2.2)", async () => {
    expect(await shown("GET http://b.example:81/x", ["X: 1"])).toEqual(["host: b.example:81", "x: 1"]);
    expect(await shown("OPTIONS *", [])).toEqual(["host: test"]);
  });

  it("and so are those of a WebSocket handshake", async () => {
    expect(await shown("GET /", ["Connection: keep-alive, Upgrade", "Upgrade: WebSocket"])).toEqual([
      "connection: keep-alive, Upgrade",
      "host: test",
      "upgrade: WebSocket",
    ]);
  });
});

it("the server knows its own requests, and no others", async () => {
  let seen: unknown;
  const server = start({
    fetch: (req, self) => {
      seen = [
        self.requestIP(req)?.address,
        self.requestIP(new Request(req)),
        self.upgrade(new Request("http://a/")),
      ];
      return new Response();
    },
  });
  await connect(server).write(request("GET /")).response();
  expect(seen).toEqual(["127.0.0.1", null, false]);
});
