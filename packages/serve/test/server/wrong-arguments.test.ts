import { captureErrors } from "@mantou/testing/errors";
import { ask, connect } from "@mantou/testing/raw-client";
import { handshake } from "@mantou/testing/raw-websocket";
import { describe, expect, it } from "vitest";
import type { Server } from "../../src/api/server.ts";
import { start } from "../support/servers.ts";

captureErrors();

const hello = () => new Response("hello");

/** What frameworks call a context, in the place of the request that is in it. */
const contextObject = { req: new Request("http://a/"), url: new URL("http://a/") };

describe("a member that takes a request", () => {
  const members: [name: string, call: (server: Server<unknown>, request: never) => unknown][] = [
    ["upgrade", (server, request) => server.upgrade(request, { data: undefined })],
    ["requestIP", (server, request) => server.requestIP(request)],
    ["timeout", (server, request) => server.timeout(request, 5)],
    ["abort", (server, request) => server.abort(request)],
    ["earlyHints", (server, request) => server.earlyHints(request, { link: "</a>" })],
    ["peerCertificate", (server, request) => server.peerCertificate(request)],
  ];

  it.each(members)("%s throws for a value that is none", (name, call) => {
    const server = start({ fetch: hello, websocket: {} });
    for (const value of [undefined, null, 1, "/", Symbol("s"), [], {}, contextObject]) {
      expect(() => call(server, value as never)).toThrow(
        new RegExp(`^server\\.${name}\\(\\) takes the handler's Request, and not `),
      );
    }
  });

  it.each(members)("%s accepts a request that has no connection", (_name, call) => {
    const server = start({ fetch: hello, websocket: {} });
    expect([false, null, undefined]).toContain(call(server, new Request("http://a/") as never));
  });
});

it("upgrade throws for options that are no object", async () => {
  const errors: unknown[] = [];
  const server = start({
    fetch(request, server) {
      for (const options of [1, "x", true, () => {}]) {
        try {
          server.upgrade(request, options as never);
        } catch (error) {
          errors.push(String(error));
        }
      }
      return server.upgrade(request, null as never) ? undefined : new Response("refused");
    },
    websocket: {},
  });
  expect((await connect(server).write(handshake()).response()).status).toBe(101);
  expect(errors).toHaveLength(4);
  expect(errors[0]).toBe("TypeError: The options of server.upgrade() must be an object, and not 1");
});

it("reload throws for what is no object, and changes nothing", async () => {
  const server = start({ fetch: hello });
  for (const options of [undefined, null, 1, "x", hello]) {
    expect(() => server.reload(options as never)).toThrow(/^reload\(\) takes an object of options, and not /);
  }
  expect((await ask(server, "GET /")).text).toBe("hello");
});

it("requestIP has the order of names that Bun's has, as JSON shows it", async () => {
  const server = start({ fetch: (request, server) => Response.json(server.requestIP(request)) });
  expect((await ask(server, "GET /")).text).toMatch(
    /^\{"address":"127\.0\.0\.1","family":"IPv4","port":\d+\}$/,
  );
  expect(Object.keys(server.address ?? {})).toEqual(["address", "family", "port"]);
});
