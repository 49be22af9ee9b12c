import { captureErrors } from "@mantou/testing/errors";
import { connect, request } from "@mantou/testing/raw-client";
import { until } from "@mantou/testing/wait";
import { expect, it } from "vitest";
import { start } from "../support/servers.ts";

captureErrors();

const HINTS = { Link: "</a.css>; rel=preload; as=style" };
const INTERIM = "HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload; as=style\r\n\r\n";

it("leave at once, in front of the response, also of a second request of the same packet", async () => {
  let answer = (): void => {};
  const server = start({
    fetch(asked, own) {
      expect(own.earlyHints(asked, HINTS)).toBe(true);
      expect(own.earlyHints(asked, [["X-A", "b"]])).toBe(true);
      return new Promise((resolve) => {
        answer = () => resolve(new Response("x"));
      });
    },
  });
  const client = connect(server).write(request("GET /1"), request("GET /2"));
  for (let i = 0; i < 2; i++) {
    const both = `${INTERIM}HTTP/1.1 103 Early Hints\r\nx-a: b\r\n\r\n`;
    await client.bytes(both.length);
    expect(client.received.toString("latin1")).toBe(both);
    answer();
    expect((await client.response()).status).toBe(103);
    expect((await client.response()).status).toBe(103);
    expect((await client.response()).status).toBe(200);
  }
});

it("are not sent to a client of HTTP/1.0, for a request of server.fetch, after the response, or to a client that has gone", async () => {
  const results: unknown[] = [];
  let kept: Request | undefined;
  const server = start({
    fetch(asked, own) {
      kept = asked;
      results.push(own.earlyHints(asked, HINTS));
      return new Response("x");
    },
  });
  const old = connect(server).write("GET / HTTP/1.0\r\n\r\n");
  expect((await old.closedByServer()).toString()).toMatch(/^HTTP\/1.1 200 /);
  await server.fetch("/");
  expect(results).toEqual([false, false]);
  const client = connect(server).write(request("GET /"));
  await client.response();
  await client.response();
  expect(server.earlyHints(kept!, HINTS)).toBe(false);
  client.abort();
  await until(() => server.requestIP(kept!) === null, "the end");
  expect(server.earlyHints(kept!, HINTS)).toBe(false);
  expect(server.earlyHints(new Request("http://a/"), HINTS)).toBe(false);
  expect(results).toEqual([false, false, true]);
});

it("carry no field of the connection or of a body, and split no response", async () => {
  const server = start({
    fetch(asked, own) {
      for (const value of ["a\r\nX: y", "a\0b", "a\x01b", "\u0100"]) {
        expect(() => own.earlyHints(asked, { link: value })).toThrow(TypeError);
        expect(() => own.earlyHints(asked, { [value]: "a" })).toThrow(TypeError);
      }
      expect(() => own.earlyHints(asked, undefined as never)).toThrow(TypeError);
      own.earlyHints(asked, {
        ...HINTS,
        Connection: "close",
        "Content-Length": "5",
        "Transfer-Encoding": "chunked",
      });
      return new Response("x");
    },
  });
  const client = connect(server).write(request("GET /"));
  await client.bytes(INTERIM.length + 1);
  expect(client.received.toString("latin1").startsWith(`${INTERIM}HTTP/1.1 200 OK`)).toBe(true);
});
