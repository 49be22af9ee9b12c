import { createReadStream } from "node:fs";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, type RawClient, request } from "@mantou/testing/raw-client";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { gate, turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { platform } from "../src/fetch/platform.ts";
import { Response as LightResponse } from "../src/fetch/response.ts";
import { openCount } from "./support/descriptors.ts";
import { watchRejections } from "./support/rejections.ts";
import { some } from "./support/runs.ts";
import { type InternalServer, startInternal } from "./support/servers.ts";

const errors = captureErrors();
watchRejections();

type Controller = ReadableStreamDefaultController<Uint8Array>;

const never = (): Promise<void> => new Promise(() => {});
const failure = new Error("the stream's own");
const fail = (): never => {
  throw failure;
};

/** A server that responds to `/` with what `make` makes, and to all other paths at once. */
function serving(make: () => unknown): InternalServer {
  return startInternal({
    routes: {
      "/": make as () => Response,
      "/bystander": () => new LightResponse("well") as unknown as Response,
    },
  });
}

/** As a class of the application's own may have it, whatever its body is. */
function withStatus(response: Response, status: number): Response {
  return Object.defineProperty(response, "status", { value: status });
}

async function expectAlive(server: InternalServer): Promise<void> {
  expect((await ask(server, "GET /bystander")).text).toBe("well");
}

const leaves: [how: string, leave: (client: RawClient) => void][] = [
  ["RST", (client) => client.abort()],
  ["FIN", (client) => client.destroy()],
  ["half close", (client) => client.end()],
];

describe.each([
  ["the platform's Response", platform.Response],
  ["the light Response", LightResponse as unknown as typeof platform.Response],
])("a stream in %s", (_, Response) => {
  const throwing: [how: string, fail: (controller: Controller) => unknown][] = [
    ["throws", fail],
    ["rejects", async () => fail()],
    ["rejects later", () => turns(2).then(fail)],
    ["is told to fail", (controller) => controller.error(failure)],
  ];
  const sizes = [1, 64 * 1024, 300_000];
  const cases = throwing.flatMap(([how, fails]) =>
    [0, 1, 2, 3].flatMap((at) => sizes.map((size) => [how, at, size, fails] as const)),
  );

  it.each(
    some(cases),
  )("that %s at pull %i, behind chunks of %i bytes, is reported once", async (_how, at, size, fails) => {
    for (const highWaterMark of [0, 1]) {
      for (const method of ["GET", "HEAD"]) {
        let pulls = 0;
        const pull = (controller: Controller): unknown =>
          pulls++ === at ? fails(controller) : controller.enqueue(Buffer.alloc(size, "x"));
        const server = serving(
          () => new Response(new ReadableStream({ pull: pull as () => void }, { highWaterMark })),
        );
        const client = connect(server).write(request(`${method} /`));
        await client.bytes(12);
        if (client.received.toString("latin1").startsWith("HTTP/1.1 500")) {
          expect(errors.take()).toBe(failure);
        } else if (method === "GET") {
          expect((await client.closedByServer()).toString("latin1")).not.toMatch(/\r\n0\r\n\r\n$/);
          expect(errors.take()).toBe(failure);
        } else {
          expect((await client.response({ head: true })).status).toBe(200);
        }
        await expectAlive(server);
        await turns(4);
        expect(errors.reports).toEqual([]);
        client.destroy();
      }
    }
  });

  const cancels: [how: string, cancel: () => unknown][] = [
    ["throws", fail],
    ["rejects", async () => fail()],
    ["never ends", never],
  ];

  it.each(
    cancels,
  )("with a cancel that %s is cancelled once, whichever side ends it", async (_how, cancel) => {
    for (const [, leave] of [...leaves, ["HEAD", () => {}] as (typeof leaves)[0]]) {
      for (const before of [0, 1]) {
        let cancelled = 0;
        let pulls = 0;
        const stream = (): ReadableStream =>
          new ReadableStream(
            {
              pull: (controller) => (pulls++ < before ? controller.enqueue(Buffer.from("x")) : never()),
              cancel: () => {
                cancelled++;
                return cancel() as undefined;
              },
            },
            { highWaterMark: 0 },
          );
        const server = serving(() => new Response(stream()));
        const isHead = leave.length === 0;
        const client = connect(server).write(request(isHead ? "HEAD /" : "GET /"));
        if (isHead) expect((await client.response({ head: true })).status).toBe(200);
        else if (before > 0) await client.bytes(1);
        else await until(() => pulls > 0, "pulled");
        leave(client);
        await until(() => cancelled > 0, "cancelled");
        await expectAlive(server);
        client.abort();
        await until(() => server.pendingRequests === 0, "over");
        await turns(4);
        expect(cancelled).toBe(1);
      }
    }
  });

  const empty = new Uint8Array(0);
  const endless: [how: string, make: () => ReadableStream][] = [
    ["sync", () => new ReadableStream({ pull: (controller) => controller.enqueue(empty) })],
    [
      "unbuffered",
      () => new ReadableStream({ pull: (controller) => controller.enqueue(empty) }, { highWaterMark: 0 }),
    ],
    ["async", () => new ReadableStream({ pull: async (controller) => controller.enqueue(empty) })],
    [
      "behind a chunk",
      () => {
        let pulls = 0;
        return new ReadableStream({
          pull: (controller) => controller.enqueue(pulls++ === 0 ? Buffer.alloc(100_000) : empty),
        });
      },
    ],
    ["of one byte", () => new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.from("x")) })],
  ];

  it.each(
    endless,
  )("that gives empty chunks for ever (%s) keeps no other client waiting", async (_how, make) => {
    for (const [, leave] of leaves) {
      const server = serving(() => new Response(make()));
      const client = connect(server).write(request("GET /"));
      // The head does not wait for its first byte.
      await client.bytes(12);
      for (let i = 0; i < 3; i++) await expectAlive(server);
      leave(client);
      await until(() => server.pendingRequests === 0, "the departure was noticed");
    }
    const server = serving(() => new Response(make()));
    expect((await ask(server, "HEAD /")).status).toBe(200);
  });

  it("of bytes (type: bytes) is sent, fails and is cancelled as others", async () => {
    let cancelled = 0;
    const gates = gate();
    const make = (end: (controller: ReadableByteStreamController) => unknown) => (): globalThis.Response => {
      let pulls = 0;
      return new Response(
        new ReadableStream({
          type: "bytes",
          pull: (controller) =>
            (pulls++ < 3
              ? controller.enqueue(new TextEncoder().encode("abc"))
              : end(controller)) as undefined,
          cancel: () => void cancelled++,
        }),
      );
    };
    expect((await ask(serving(make((controller) => controller.close())), "GET /")).text).toBe("abcabcabc");
    expect((await ask(serving(make(fail)), "GET /")).status).toBe(500);
    expect(errors.take()).toBe(failure);
    const server = serving(make(() => gates.promise));
    expect((await ask(server, "HEAD /")).status).toBe(200);
    expect(cancelled).toBe(1);
  });

  it.each([
    ["a number", 5],
    ["null", null],
    ["a symbol", Symbol("x")],
    ["a promise", Promise.resolve(Buffer.from("x"))],
    ["what only inherits from bytes", Object.create(Uint8Array.prototype)],
    ["a function that throws", fail],
  ])("that gives %s is an error, and cancelled once", async (_what, value) => {
    for (const method of ["GET", "HEAD"]) {
      for (const at of [0, 1]) {
        let cancelled = 0;
        let pulls = 0;
        const server = serving(
          () =>
            new Response(
              new ReadableStream({
                pull: async (controller) => {
                  if (at > 0) await turns();
                  controller.enqueue(pulls++ < at ? Buffer.from("x") : (value as Uint8Array));
                },
                cancel: () => void cancelled++,
              }),
            ),
        );
        const client = connect(server).write(request(`${method} /`));
        await client.bytes(12);
        if (at === 0) expect((await client.response({ head: method === "HEAD" })).status).toBe(500);
        else if (method === "GET") await client.closedByServer();
        await until(() => cancelled > 0, "cancelled");
        if (at === 0 || method === "GET") expect(errors.take()).toBeInstanceOf(TypeError);
        await expectAlive(server);
        expect(cancelled).toBe(1);
      }
    }
  });

  it("of a response that cannot be sent is cancelled", async () => {
    let cancelled = 0;
    const stream = (): ReadableStream => new ReadableStream({ cancel: () => void cancelled++ });
    const server = serving(() => withStatus(new Response(stream()), 101));
    if (Response === platform.Response) {
      expect((await ask(server, "GET /")).status).toBe(500);
      errors.take();
      expect(cancelled).toBe(1);
    }
    // Allowed by Fetch, and not by HTTP.
    const control = serving(() => new Response(stream(), { headers: { "x-control": "\x01" } }));
    expect((await ask(control, "GET /")).status).toBe(500);
    errors.take();
    await until(() => cancelled === (Response === platform.Response ? 2 : 1), "cancelled");
  });

  it("behind a status without a body is cancelled, and not read on", async () => {
    // The light one does not ask itself for its status.
    if (Response !== platform.Response) return;
    let cancelled = 0;
    let pulls = 0;
    const pull = async (controller: Controller): Promise<void> => {
      if (pulls++ > 0) await turns();
      controller.enqueue(Buffer.from("x"));
    };
    const server = serving(() =>
      withStatus(new Response(new ReadableStream({ pull, cancel: () => void cancelled++ })), 204),
    );
    const client = connect(server).write(request("GET /"), request("GET /bystander"));
    expect((await client.response()).status).toBe(204);
    expect((await client.response()).text).toBe("well");
    expect(cancelled).toBe(1);
  });
});

it("what gives empty chunks for ever is not read to its end, and keeps no other client waiting", async () => {
  let asked = 0;
  let over = false;
  const make = (): ReadableStream =>
    new ReadableStream({
      pull(controller) {
        if (over) controller.close();
        else controller.enqueue(new Uint8Array(0));
      },
    });
  const server = startInternal({
    routes: {
      "/static": new platform.Response(make()),
      "/text": async () => {
        asked++;
        return new platform.Response(await new LightResponse(make()).text());
      },
      "/bystander": new platform.Response("well"),
    },
  });
  const clients = ["/static", "/text"].map((target) => connect(server).write(request(`GET ${target}`)));
  await until(() => asked === 1, "it is read");
  await expectAlive(server);
  over = true;
  for (const client of clients) expect(await client.response()).toMatchObject({ status: 200, text: "" });
});

describe("an async iterator as a body", () => {
  const light = (body: unknown): unknown => new LightResponse(body as AsyncIterable<string>);

  it("may give nothing for ever, and keeps no other client waiting", async () => {
    let finished = 0;
    async function* nothing(): AsyncGenerator<string> {
      try {
        for (;;) yield "";
      } finally {
        finished++;
      }
    }
    const server = serving(() => light(nothing()));
    const client = connect(server).write(request("GET /"));
    await client.bytes(12);
    await expectAlive(server);
    client.abort();
    await until(() => finished === 1, "finally");
    expect((await ask(server, "HEAD /")).status).toBe(200);
    await until(() => finished === 2, "finally");
  });

  const returns: [how: string, end: () => unknown][] = [
    ["throws", fail],
    ["rejects", async () => fail()],
    ["never ends", never],
    ["gives no object", () => 5],
  ];

  it.each(returns)("with a return that %s is ended once", async (_how, end) => {
    for (const give of ["bytes", "wrong", "pending"] as const) {
      let ended = 0;
      const later = gate<IteratorResult<unknown>>();
      const iterator = {
        [Symbol.asyncIterator]: () => iterator,
        next: () =>
          give === "pending"
            ? later.promise
            : Promise.resolve({ value: give === "bytes" ? "x" : 5, done: false }),
        return: () => {
          ended++;
          return end();
        },
      };
      const server = serving(() => light(iterator));
      const client = connect(server).write(request("GET /"));
      if (give === "wrong") {
        expect((await client.response()).status).toBe(500);
        expect(errors.take()).toBeInstanceOf(TypeError);
      } else {
        if (give === "bytes") await client.bytes(12);
        else await until(() => server.pendingRequests === 1, "asked");
        client.abort();
        await until(() => ended > 0, "ended");
      }
      // Too late: it is not taken, and does not end the iterator again.
      later.open({ value: "late", done: false });
      await expectAlive(server);
      await turns(2);
      expect(ended).toBe(1);
    }
  });

  it.each([
    ["throws", fail],
    ["rejects", async () => fail()],
    ["gives null", () => null],
    ["gives an object without anything", () => ({})],
  ])("with a next that %s is an error", async (_how, next) => {
    const server = serving(() => light({ [Symbol.asyncIterator]: () => ({ next }) }));
    for (const method of ["GET", "HEAD"]) {
      expect((await ask(server, `${method} /`)).status).toBe(500);
      expect(errors.take()).toBeInstanceOf(Error);
    }
  });

  it("is at its end when it says so by anything that is true", async () => {
    const server = serving(() =>
      light({ [Symbol.asyncIterator]: () => ({ next: () => ({ value: undefined, done: 1 }) }) }),
    );
    expect(await ask(server, "GET /")).toMatchObject({ status: 200, text: "" });
  });

  it("may be a stream of Node.js that fails before it is read, or is never read", async () => {
    const dir = tempDir();
    fill(dir, { there: "content" });
    const opened = gate();
    const missing = serving(async () => {
      const stream = createReadStream(join(dir, "missing"));
      const failed = gate();
      stream.on("close", () => failed.open());
      const response = light(stream);
      await failed.promise;
      return response;
    });
    expect((await ask(missing, "GET /")).status).toBe(500);
    expect(errors.take()).toMatchObject({ code: "ENOENT" });
    const left = gate();
    const server = serving(async () => {
      const stream = createReadStream(join(dir, "there"));
      stream.on("open", () => opened.open());
      await left.promise;
      return light(stream);
    });
    const client = connect(server).write(request("GET /"));
    await opened.promise;
    client.abort();
    await until(() => server.connections.size === 0, "gone");
    left.open();
    await until(() => (openCount(join(dir, "there")) ?? 0) === 0, "closed");
  });
});
