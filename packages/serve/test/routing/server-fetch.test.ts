import { utimesSync } from "node:fs";
import { join } from "node:path";
import { reasonPhrases } from "@mantou/http1";
import { connect } from "@mantou/testing/raw-client";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Server } from "../../src/api/server.ts";
import { act, FILES, run } from "../support/handler-acts.ts";
import { BIG, type Pairs } from "../support/response-plans.ts";
import { runs } from "../support/runs.ts";
import { makeRoute, type RequestPlan, requestPlan, routes } from "../support/server-plans.ts";
import { start } from "../support/servers.ts";

/** What a client can tell of a response. */
interface Seen {
  readonly status: number;
  readonly statusText: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly length: string | undefined;
  readonly body: string;
}

/** Of the connection alone, or of the time. */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  "date",
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
]);

function visible(fields: Iterable<readonly [string, string]>): (readonly [string, string])[] {
  return [...fields]
    .filter(([name]) => !CONNECTION_FIELDS.has(name))
    .sort(([a, x], [b, y]) => (a + x < b + y ? -1 : 1));
}

async function askWire(server: Server<undefined>, plan: RequestPlan, url: URL): Promise<Seen | "broken"> {
  const fields = plan.headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const length =
    plan.body === "" ? "" : `Content-Length: ${plan.body.length}\r\nContent-Type: text/plain\r\n`;
  const client = connect(server);
  client.socket.on("end", () => client.end());
  client.write(
    `${plan.method} ${url.href.slice(url.origin.length)} HTTP/1.1\r\nHost: ${url.host}\r\n${fields}${length}\r\n${plan.body}`,
  );
  try {
    const wire = await client.response({ head: plan.method === "HEAD" });
    return {
      status: wire.status,
      statusText: wire.reason,
      fields: visible(Object.entries(wire.headers)),
      length: wire.headers["content-length"],
      body: wire.body.toString("latin1"),
    };
  } catch {
    return "broken";
  } finally {
    client.destroy();
  }
}

async function askFetch(server: Server<undefined>, plan: RequestPlan, url: URL): Promise<Seen | "broken"> {
  const { method, body } = plan;
  const headers = new Headers(plan.headers.map(([a, b]): [string, string] => [a, b]));
  if (body !== "") headers.set("Content-Type", "text/plain");
  const isPlain = method === "GET" && plan.headers.length === 0;
  const input =
    isPlain && plan.as === "URL"
      ? url
      : isPlain && plan.as === "text" && !url.pathname.startsWith("//")
        ? url.href.slice(url.origin.length)
        : new Request(url, { method, headers, ...(body === "" ? {} : { body }) });
  const response = await server.fetch(input);
  const { status } = response;
  // A connection adds the registered phrase.
  const statusText = response.statusText || reasonPhrases[status] || "";
  const all = new Map<string, string>();
  for (const [name, value] of response.headers)
    all.set(name, all.has(name) ? `${all.get(name)}, ${value}` : value);
  try {
    return {
      status,
      statusText,
      fields: visible(all),
      length: response.headers.get("content-length") ?? undefined,
      body: Buffer.from(await response.arrayBuffer()).toString("latin1"),
    };
  } catch {
    return "broken";
  }
}

const dir = tempDir();
fill(dir, {
  "a.txt": "0123456789",
  "b c.txt": "b c",
  "empty.txt": "",
  "sub/index.html": "<p>index",
  "big.txt": BIG,
});
for (const name of FILES) utimesSync(join(dir, name), 1_700_000_000, 1_700_000_000);

const reports: string[] = [];
beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation((error: unknown) => void reports.push(String(error)));
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());
// What the two say of a status that they cannot send is not the same.
const reported = (): string[] => reports.splice(0).map((text) => text.replace(/^.* not 99$/, "status 99"));

describe("server.fetch and a connection", () => {
  it("respond alike", async () => {
    await fc.assert(
      fc.asyncProperty(
        routes,
        fc.option(act, { nil: undefined }),
        fc.option(act, { nil: undefined, freq: 2 }),
        fc.array(requestPlan, { minLength: 4, maxLength: 8 }),
        async (routePlans, fetchAct, errorAct, requests) => {
          const self = (): Server<undefined> => server;
          const made = routePlans.map(([pattern, plan]) => [pattern, makeRoute(plan, dir, self)]);
          const server: Server<undefined> = start({
            routes: Object.fromEntries(made),
            websocket: { message() {} },
            ...(fetchAct === undefined
              ? {}
              : { fetch: (req: Request) => run(fetchAct, dir, self, req) as Response }),
            ...(errorAct === undefined ? {} : { error: () => run(errorAct, dir, self) as Response }),
          });
          const compare = async (plan: RequestPlan): Promise<Seen | "broken"> => {
            const url = new URL(`http://127.0.0.1:${server.port}${plan.path}`);
            const wire = await askWire(server, plan, url);
            const wireReports = reported();
            const own = await askFetch(server, plan, url);
            // A body that fails later fails in the hands of the caller of `server.fetch`, and so is not reported.
            const ownReports = own === "broken" ? wireReports : reported();
            expect({ seen: own, reports: ownReports }).toEqual({ seen: wire, reports: wireReports });
            return wire;
          };
          try {
            for (const each of requests) {
              const plan = { ...each, body: /^(GET|HEAD)$/i.test(each.method) ? "" : each.body };
              const seen = await compare(plan);
              if (seen === "broken" || (plan.method !== "GET" && plan.method !== "HEAD")) continue;
              // Again, with what the response says of itself.
              const fields = new Map(seen.fields);
              const etag = fields.get("etag");
              const modified = fields.get("last-modified");
              const again = (headers: Pairs) => compare({ ...plan, headers: [...plan.headers, ...headers] });
              if (etag !== undefined) await again([["If-None-Match", etag]]);
              if (modified !== undefined) await again([["If-Modified-Since", modified]]);
            }
          } finally {
            await server.stop(true);
          }
        },
      ),
      runs(200),
    );
  });
});

describe("server.fetch", () => {
  it("takes what a request may contain that a response may not", async () => {
    const server = start({
      routes: { "/a": Response.json("static"), "/b": (req) => Response.json([...req.headers]) },
    });
    const headers = { "transfer-encoding": "chunked", "content-length": "abc", "x-a": "\u0001" };
    expect(await (await server.fetch(new Request("http://a/a", { headers }))).json()).toBe("static");
    expect(await (await server.fetch(new Request("http://a/b", { headers }))).json()).toEqual([
      ["content-length", "abc"],
      ["transfer-encoding", "chunked"],
      ["x-a", "\u0001"],
    ]);
  });

  it("takes the path of a URL of any scheme, as of an application's own protocol", async () => {
    const server = start({ routes: { "/index.html": (req) => new Response(req.url) } });
    const response = await server.fetch(new Request("app://bundle/index.html?#a"));
    expect([response.status, await response.text()]).toEqual([200, "app://bundle/index.html?#a"]);
  });

  it("gives a response no type that its handler has removed", async () => {
    const response = new Response("text");
    response.headers.delete("content-type");
    const server = start({ routes: { "/": () => response, "/static": response.clone() } });
    expect((await server.fetch("/")).headers.has("content-type")).toBe(false);
    expect((await server.fetch("/static")).headers.has("content-type")).toBe(false);
  });
});
