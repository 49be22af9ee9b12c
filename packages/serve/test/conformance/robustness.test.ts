import { mutated, validRequest } from "@mantou/http1/arbitraries";
import { captureErrors } from "@mantou/testing/errors";
import { connect, type RawClient, request } from "@mantou/testing/raw-client";
import { turns, until } from "@mantou/testing/wait";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runChild } from "../support/child.ts";
import { runs } from "../support/runs.ts";
import { startInternal } from "../support/servers.ts";

captureErrors();

const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);

beforeEach(() => {
  process.on("uncaughtException", note).on("unhandledRejection", note);
});
afterEach(() => {
  process.off("uncaughtException", note).off("unhandledRejection", note);
  expect(uncaught.splice(0)).toEqual([]);
});

/** Responds in every way that a handler can: at once, later, with the request's body, as a stream, not at all. */
async function handler(req: Request): Promise<Response> {
  switch (req.url.length % 5) {
    case 0:
      return new Response("at once");
    case 1:
      await turns(2);
      return new Response("later");
    case 2:
      return new Response(await req.text().catch(() => "incomplete"));
    case 3:
      return new Response(req.body);
    default: {
      const stream = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await turns(1);
          controller.enqueue(Buffer.alloc(1000));
        },
      });
      return req.signal.aborted ? new Response() : new Response(stream);
    }
  }
}

/** How a client ends. */
const endings: ((client: RawClient) => void)[] = [
  (client) => client.abort(),
  (client) => client.destroy(),
  (client) => client.end(),
  () => {},
];

const garbage = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  mutated(validRequest.map(({ bytes }) => bytes)),
  fc.tuple(validRequest, fc.nat()).map(([{ bytes }, at]) => bytes.subarray(0, at % (bytes.length + 1))),
  validRequest.map(({ bytes }) => bytes),
);

describe("a server survives its clients", () => {
  it("200 at once that send anything, and end anyhow", async () => {
    const server = startInternal({ fetch: handler });
    const wishes = fc.sample(fc.tuple(garbage, fc.nat(endings.length - 1), fc.nat(6)), {
      ...runs(200),
      seed: 2009,
    });
    const clients = wishes.map(([bytes, how, wait]) => {
      const client = connect(server).write(bytes);
      void turns(wait).then(() => endings[how]!(client));
      return client;
    });
    await turns(20);
    // In the midst of it others are served.
    expect((await connect(server).write(request("GET /1234")).response()).status).toBe(200);
    for (const client of clients) client.destroy();
    await until(() => server.connections.size <= 1, "all connections are gone");
    await until(() => server.pendingRequests === 0, "no pending requests");
    await server.stop(true);
    expect(server.connections.size).toBe(0);
  });

  it("that come and go", async () => {
    const server = startInternal({ fetch: handler });
    for (let i = 0; i < 200; i++) connect(server).destroy();
    const clients = Array.from({ length: 100 }, () => connect(server));
    await Promise.all(clients.map((client) => client.connected()));
    for (const client of clients) client.abort();
    await until(() => server.connections.size === 0, "all connections are gone");
  });

  it("that leave in the middle of a large response", async () => {
    const server = startInternal({ fetch: () => new Response("x".repeat(4_000_000)) });
    const clients = Array.from({ length: 8 }, () => connect(server).write(request("GET /").repeat(2)));
    await Promise.all(clients.map((client) => until(() => client.receivedBytes > 0, "a response begins")));
    for (const [i, client] of clients.entries()) {
      if (i % 2 === 0) client.abort();
      else client.destroy();
    }
    await until(() => server.connections.size === 0 && server.pendingRequests === 0, "gone");
  });

  it("that are more than the process may have open", async () => {
    // Node.js 20 opens as many of our modules at once as there are: fewer descriptors than modules, and it does not even start.
    const source = `
      import net from "node:net";
      const server = serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("alive") });
      const clients = [];
      for (let i = 0; i < 250; i++) clients.push(net.connect(server.port, "127.0.0.1").on("error", () => {}));
      const settled = (client) => new Promise((resolve) => client.on("connect", resolve).on("close", resolve));
      await Promise.all(clients.map(settled));
      const closed = (client) => client.closed || new Promise((resolve) => client.destroy().on("close", resolve));
      await Promise.all(clients.map(closed));
      console.log(await (await fetch(server.url)).text());
      await server.stop(true);`;
    const { stdout, stderr } = await runChild(source, {}, "ulimit -n 256;");
    expect(stderr).toBe("");
    expect(stdout).toBe("alive\n");
  });
});

describe("a server survives its handlers", () => {
  it("that keep requests and use them when it is too late", async () => {
    const kept: Request[] = [];
    const server = startInternal({
      fetch(req) {
        kept.push(req);
        return new Response();
      },
    });
    const client = connect(server).write(request("POST /", ["Content-Length: 4"], "some"));
    await client.response();
    client.destroy();
    await until(() => server.connections.size === 0, "closed");
    const [req] = kept;
    expect(req!.signal.aborted).toBe(false);
    expect(req!.headers.get("host")).toBe("test");
    server.timeout(req!, 5);
    expect(server.requestIP(req!)).toBeNull();
    expect(server.upgrade(req!)).toBe(false);
    await expect(req!.clone().text()).rejects.toThrow();
  });
});
