import { Buffer } from "node:buffer";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, request } from "@mantou/testing/raw-client";
import { gate, turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { BodyInit } from "../../src/api/fetch.ts";
import { chunked } from "../support/chunked.ts";
import { startInternal } from "../support/servers.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

captureErrors();

describe("readers", () => {
  const text = "包子 ✓ é";
  const readers: [how: string, read: (req: Request) => Promise<BodyInit>][] = [
    ["text", (req) => req.text()],
    ["json", async (req) => JSON.stringify(await req.json())],
    ["arrayBuffer", (req) => req.arrayBuffer()],
    ["blob", async (req) => (await req.blob()).arrayBuffer()],
    [
      "for await",
      async (req) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of req.body ?? []) chunks.push(chunk);
        return Buffer.concat(chunks);
      },
    ],
    ["clone", async (req) => (await req.clone().text()) && req.text()],
  ];

  it.each(readers)("%s reads a body with a length, chunked, and in drops", async (how, read) => {
    const json = JSON.stringify(how === "json" ? { text } : text);
    const content = Buffer.from(json);
    const server = startInternal({ fetch: async (req) => new Response(await read(req)) });
    const type = "Content-Type: application/json";
    const whole = [
      Buffer.concat([Buffer.from(request("POST /", [type, `Content-Length: ${content.length}`])), content]),
      Buffer.concat([
        Buffer.from(request("POST /", [type, "Transfer-Encoding: chunked"])),
        chunked(content, 2),
      ]),
    ];
    for (const bytes of whole) {
      const client = connect(server).write(bytes, bytes);
      expect((await client.response()).text).toBe(json);
      expect((await client.response()).text).toBe(json);
      const slow = connect(server);
      for (const byte of bytes) {
        slow.write(Buffer.of(byte));
        await turns(1);
      }
      expect((await slow.response()).text).toBe(json);
    }
  });

  it("formData reads both encodings of forms", async () => {
    const server = startInternal({
      async fetch(req) {
        const form = await req.formData();
        return new Response(`${form.get("a")} ${form.get("b")}`);
      },
    });
    const url = { method: "POST", body: new URLSearchParams({ a: "1 2", b: "&" }) };
    expect(await (await fetch(server.url, url)).text()).toBe("1 2 &");
    const form = new FormData();
    form.set("a", "x");
    form.set("b", "包子");
    expect(await (await fetch(server.url, { method: "POST", body: form })).text()).toBe("x 包子");
  });

  it("formData reads forms as .NET, Ktor and mailers write them", async () => {
    const server = startInternal({
      async fetch(req) {
        const given = (await req.formData()).get("image");
        return new Response(
          given instanceof File ? `${given.name} ${given.type} ${await given.text()}` : given,
        );
      },
    });
    const forms = [
      `--b\r\nContent-Type: image/png\r\nContent-Disposition: form-data; name=image; filename=a.png; filename*=utf-8''a.png\r\n\r\n1\r\n--b--\r\n`,
      `--b\r\nContent-Disposition: form-data;filename="a.png";name="image"\r\nContent-Type: image/png\r\n\r\n1\r\n--b--`,
      `before\r\n--b\r\nContent-Disposition: form-data; name="image"; filename="a\\".png"\r\nContent-Type: image/png\r\n\r\n1\r\n--b--\r\nbehind`,
    ];
    const type = "Content-Type: multipart/form-data; boundary=b";
    for (const form of forms) {
      for (const [field, content] of [
        [`Content-Length: ${form.length}`, form],
        ["Transfer-Encoding: chunked", chunked(Buffer.from(form), 1).toString()],
      ] as const) {
        const { text } = await ask(server, "POST /", [type, field], content);
        expect(text.replace('"', "")).toBe("a.png image/png 1");
      }
    }
  });

  it("read a body once", async () => {
    const server = startInternal({
      async fetch(req) {
        await req.text();
        return new Response(`${req.bodyUsed} ${await req.text().catch((error: Error) => error.name)}`);
      },
    });
    expect((await ask(server, "POST /", ["Content-Length: 2"], "hi")).text).toBe("true TypeError");
  });

  it("find no body in a request without any", async () => {
    const server = startInternal({
      fetch: async (req) => new Response(`${req.body} "${await req.text()}"`),
    });
    expect((await ask(server, "POST /")).text).toBe('null ""');
    expect((await ask(server, "POST /", ["Content-Length: 0"])).text).toBe('null ""');
  });

  it("find an empty text in an empty chunked body", async () => {
    const server = startInternal({ fetch: async (req) => new Response(`"${await req.text()}"`) });
    expect((await ask(server, "POST /", ["Transfer-Encoding: chunked"], "0\r\n\r\n")).text).toBe('""');
  });

  it("get every byte of 5 MB", async () => {
    const content = Buffer.alloc(5_000_000);
    for (let i = 0; i < content.length; i++) content[i] = (i * 7919) >> 5;
    const server = startInternal({ fetch: async (req) => new Response(await req.arrayBuffer()) });
    const response = await fetch(server.url, { method: "POST", body: content });
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), content)).toBe(0);
  });

  const small: [how: string, read: (req: Request) => Promise<number>][] = [
    [
      "a stream",
      async (req) => {
        let pieces = 0;
        for await (const _ of req.body ?? []) pieces++;
        return pieces;
      },
    ],
    [
      "a clone's stream",
      async (req) => {
        let pieces = 0;
        for await (const _ of req.clone().body ?? []) pieces++;
        return pieces;
      },
    ],
  ];
  it.each(small)("%s gives chunks of one byte in few pieces", async (_how, count) => {
    const read = gate();
    const server = startInternal({
      async fetch(req) {
        await read.promise;
        return new Response(String(await count(req)));
      },
    });
    const content = chunked(Buffer.alloc(65_535, "x"), 1);
    const client = connect(server).write(request("POST /", ["Transfer-Encoding: chunked"]), content);
    await until(() => server.pendingRequests === 1, "pending");
    await turns(50);
    read.open();
    // Reads of 64 KiB have 10,923 chunks each; none is an object of its own.
    expect(Number((await client.response()).text)).toBeLessThan(300);
  });

  it("take a request's body itself, as long as its stream is untouched", async () => {
    const server = startInternal({
      async fetch(req) {
        const { body } = req;
        const text = req.text();
        const again = await req.text().catch((error: Error) => error.name);
        return Response.json([await text, req.bodyUsed, body!.locked, again]);
      },
    });
    const response = (await ask(server, "POST /", ["Content-Length: 2"], "hi")).text;
    expect(JSON.parse(response)).toEqual(["hi", true, true, "TypeError"]);
  });

  it("leave the body to a stream that is being read", async () => {
    const server = startInternal({
      async fetch(req) {
        const reader = req.body!.getReader();
        const name = await req.text().catch((error: Error) => error.name);
        const first = await reader.read();
        reader.releaseLock();
        const later = await req.text().catch((error: Error) => error.name);
        return Response.json([name, Buffer.from(first.value!).toString(), later]);
      },
    });
    const response = (await ask(server, "POST /", ["Content-Length: 2"], "hi")).text;
    expect(JSON.parse(response)).toEqual(["TypeError", "hi", "TypeError"]);
  });

  it("leave nothing of the body with a request that is kept", async () => {
    const kept: { request: Request; body: WeakRef<ArrayBuffer> }[] = [];
    const server = startInternal({
      async fetch(req) {
        kept.push({ request: req, body: new WeakRef(await req.arrayBuffer()) });
        return new Response();
      },
    });
    const client = connect(server);
    for (let i = 0; i < 3; i++) {
      client.write(request("POST /", ["Content-Length: 1000"], "x".repeat(1000)));
      expect((await client.response()).status).toBe(200);
    }
    await until(() => {
      collectGarbage();
      return kept.every(({ body }) => body.deref() === undefined);
    }, "the bodies are collected");
    expect(kept.map(({ request: { bodyUsed } }) => bodyUsed)).toEqual([true, true, true]);
  });

  it("reject when the client goes away in the middle", async () => {
    const seen: string[] = [];
    const server = startInternal({
      async fetch(req) {
        seen.push(await req.text().catch((error: Error) => error.name));
        return new Response();
      },
    });
    const client = connect(server).write(request("POST /", ["Content-Length: 10"], "half"));
    await until(() => server.pendingRequests === 1, "pending");
    client.abort();
    await until(() => seen.length === 1, "the reader is told");
    expect(seen).toEqual(["AbortError"]);
    expect(server.pendingRequests).toBe(0);
  });

  it("reject when a chunk is broken, and the client gets 400", async () => {
    const seen: string[] = [];
    const server = startInternal({
      async fetch(req) {
        seen.push(await req.text().catch((error: Error) => error.name));
        return new Response("not sent");
      },
    });
    const client = connect(server).write(request("POST /", ["Transfer-Encoding: chunked"], "5\r\nhello"));
    await until(() => server.pendingRequests === 1, "pending");
    client.write("no CRLF");
    expect((await client.response()).status).toBe(400);
    expect((await client.closedByServer()).length).toBe(0);
    await until(() => seen.length === 1, "the reader is told");
    expect(seen).toEqual(["ProtocolError"]);
  });
});

describe("Expect: 100-continue (RFC 9110 §10.1.1)", () => {
  const head = request("POST /", ["Expect: 100-continue", "Content-Length: 5"]);

  it("gets 100 when the handler begins to read", async () => {
    const read = gate();
    const server = startInternal({
      async fetch(req) {
        await read.promise;
        return new Response(`got ${await req.text()}`);
      },
    });
    const client = connect(server).write(head);
    await until(() => server.pendingRequests === 1, "pending");
    await turns();
    expect(client.receivedBytes).toBe(0);
    read.open();
    expect((await client.bytes(CONTINUE.length)).toString()).toBe(CONTINUE);
    client.write("hello");
    expect((await client.response()).status).toBe(100);
    const response = await client.response();
    expect(response.text).toBe("got hello");
    expect(response.headers["connection"]).toBeUndefined();
  });

  it("gets 100 when the handler reads at once", async () => {
    const server = startInternal({ fetch: async (req) => new Response(`got ${await req.text()}`) });
    const client = connect(server).write(head);
    expect((await client.bytes(CONTINUE.length)).toString()).toBe(CONTINUE);
  });

  it("gets no 100 if the handler does not read, and the connection ends", async () => {
    const server = startInternal({ fetch: () => new Response("no", { status: 403 }) });
    const client = connect(server).write(head);
    const response = await client.response();
    expect(response.status).toBe(403);
    expect(response.headers["connection"]).toBe("close");
    expect((await client.closedByServer()).length).toBe(0);
  });

  it("gets no 100 if the body is already here", async () => {
    const server = startInternal({
      async fetch(req) {
        await turns();
        return new Response(`got ${await req.text()}`);
      },
    });
    const client = connect(server).write(head, "hello");
    const response = await client.response();
    expect(response.status).toBe(200);
    expect(response.text).toBe("got hello");
  });

  it("gets no 100 if the body has come in the same packet, though it is read at once", async () => {
    const server = startInternal({ fetch: async (req) => new Response(`got ${await req.text()}`) });
    for (const content of ["hello", "h"]) {
      const client = connect(server).write(head, content);
      await turns();
      client.write("hello".slice(content.length));
      expect((await client.response()).text).toBe("got hello");
    }
  });

  it("gets no 100 once a chunk's size has begun to come; an end there is one in the middle", async () => {
    const read = gate();
    const server = startInternal({
      async fetch(req) {
        if (req.url.endsWith("/late")) await read.promise;
        return new Response(`got ${await req.text()}`);
      },
    });
    const begun = (path: string) =>
      request(`POST ${path}`, ["Expect: 100-continue", "Transfer-Encoding: chunked"], "5");
    const late = connect(server).write(begun("/late"));
    await until(() => server.pendingRequests === 1, "pending");
    read.open();
    const left = connect(server).write(begun("/"));
    await until(() => server.pendingRequests === 2, "pending");
    left.end();
    expect((await left.response()).status).toBe(400);
    late.write("\r\nhello\r\n0\r\n\r\n");
    const response = await late.response();
    expect([response.status, response.text]).toEqual([200, "got hello"]);
    expect(response.headers["connection"]).toBeUndefined();
  });

  it.each([
    ["text", (req: Request) => req.text()],
    ["a stream", async ({ body }: Request) => (await body!.getReader().read()).value!.length],
  ])("gets no 100 because an earlier body is read, which has come: as %s", async (_, read) => {
    const [late, refusal] = [gate(), gate()];
    const seen: unknown[] = [];
    const server = startInternal({
      async fetch(req) {
        if (req.url.endsWith("/1")) {
          void late.promise.then(async () => seen.push(await read(req)));
          return new Response("first");
        }
        await refusal.promise;
        return new Response("no", { status: 413 });
      },
    });
    const client = connect(server).write(request("POST /1", ["Content-Length: 5"], "hello"));
    expect((await client.response()).text).toBe("first");
    client.write(request("POST /2", ["Expect: 100-continue", "Content-Length: 1000000"]));
    await until(() => server.pendingRequests === 1, "the second request");
    late.open();
    await until(() => seen.length === 1, "the first body");
    refusal.open();
    const response = await client.response();
    expect([response.status, response.headers["connection"]]).toEqual([413, "close"]);
  });

  it("of an HTTP/1.0 client is ignored", async () => {
    const server = startInternal({ fetch: async (req) => new Response(await req.text()) });
    const old = "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello";
    expect((await connect(server).write(old).response()).text).toBe("hello");
  });
});
