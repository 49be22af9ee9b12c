import { captureErrors } from "@mantou/testing/errors";
import { connect, type RawClient, request } from "@mantou/testing/raw-client";
import { gate, turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { platform } from "../../src/fetch/platform.ts";
import { Response as LightResponse } from "../../src/fetch/response.ts";
import { startInternal } from "../support/servers.ts";
import { spyWrites } from "../support/write-spy.ts";

const errors = captureErrors();

const KB = Buffer.alloc(1024, "x");

/** A stream that gives what it is told to, and tells what becomes of it. */
class Source {
  pulls = 0;
  readonly cancels: unknown[] = [];
  readonly stream: ReadableStream<Uint8Array>;

  constructor(pull: (controller: ReadableStreamDefaultController<Uint8Array>, n: number) => unknown) {
    this.stream = new ReadableStream(
      {
        pull: (controller) => pull(controller, this.pulls++) as Promise<void>,
        cancel: (reason) => void this.cancels.push(reason),
      },
      { highWaterMark: 0 },
    );
  }
}

const never = (): Promise<void> => new Promise(() => {});

describe.each([
  ["the platform's Response", platform.Response],
  ["the light Response", LightResponse as unknown as typeof globalThis.Response],
])("a stream in %s", (_, Response) => {
  it("leaves chunk by chunk, as it comes", async () => {
    const gates = [gate(), gate(), gate()];
    const source = new Source(async (controller, n) => {
      await gates[n]!.promise;
      if (n === 2) controller.close();
      else controller.enqueue(Buffer.from(`part ${n}`));
    });
    const client = connect(startInternal({ fetch: () => new Response(source.stream) }));
    client.write(request("GET /"), request("GET /"));
    gates[0]!.open();
    await until(() => client.received.includes("part 0"), "the first chunk");
    expect(client.received.includes("part 1")).toBe(false);
    gates[1]!.open();
    await until(() => client.received.includes("part 1"), "the second chunk");
    expect(client.received.toString()).toMatch(/part 1\r\n$/);
    gates[2]!.open();
    const response = await client.response();
    expect(response.framing).toBe("chunked");
    expect(response.text).toBe("part 0part 1");
    // The stream was the first response's: the connection goes on with the next.
    expect((await client.response()).status).toBe(500);
    errors.take();
  });

  it("leaves in few writes, if much is there at once", async () => {
    const source = new Source((controller, n) => {
      if (n < 200) controller.enqueue(KB);
      else controller.close();
    });
    const server = startInternal({ fetch: () => new Response(source.stream) });
    const writes = spyWrites(server);
    const response = await connect(server).write(request("GET /")).response();
    expect(response.framing).toBe("chunked");
    expect(response.text).toBe("x".repeat(200 * 1024));
    expect(writes.length).toBeGreaterThan(0);
    expect(writes.length).toBeLessThanOrEqual(4);
  });

  it("gives what is ready together in one chunk, behind the first", async () => {
    const source = new Source(async (controller, n) => {
      if (n % 4 === 0) await turns();
      if (n < 12) controller.enqueue(Buffer.from(`${n};`));
      else controller.close();
    });
    const client = connect(startInternal({ fetch: () => new Response(source.stream) }));
    client.write(request("GET /"));
    await until(() => client.received.includes("\r\n0\r\n\r\n"), "the end");
    const [, body] = client.received.toString().split(/\r\n\r\n(.*)/s);
    expect(body).toBe(
      "2\r\n0;\r\n6\r\n1;2;3;\r\n2\r\n4;\r\n6\r\n5;6;7;\r\n2\r\n8;\r\n8\r\n9;10;11;\r\n0\r\n\r\n",
    );
  });

  it("keeps its order, whatever the size of its chunks", async () => {
    const sizes = [10, 5_000, 20, 30, 4_096, 4_097, 1, 70_000, 2, 3];
    const chunks = sizes.map((size, n) => Buffer.alloc(size, 97 + n));
    for (const waits of [0, 1, 4]) {
      const source = new Source(async (controller, n) => {
        if (n === waits) await turns();
        if (n < chunks.length) controller.enqueue(Buffer.from(chunks[n]!));
        else controller.close();
      });
      const client = connect(startInternal({ fetch: () => new Response(source.stream) }));
      const response = await client.write(request("GET /")).response();
      expect(response.body.equals(Buffer.concat(chunks))).toBe(true);
    }
  });

  it("keeps its bytes for a slow client, whatever other streams send meanwhile", async () => {
    const letters = (letter: string, count: number) =>
      new Source((controller, n) => {
        if (n < count) controller.enqueue(Buffer.alloc(1000, letter));
        else controller.close();
      }).stream;
    const server = startInternal({
      fetch: ({ url }) => new Response(url.endsWith("/slow") ? letters("s", 20_000) : letters("f", 90)),
    });
    const slow = connect(server);
    slow.socket.pause();
    slow.write(request("GET /slow"));
    for (let i = 0; i < 30; i++) {
      const response = await connect(server).write(request("GET /fast")).response();
      expect(response.body.equals(Buffer.alloc(90_000, "f"))).toBe(true);
    }
    slow.socket.resume();
    expect((await slow.response()).body.equals(Buffer.alloc(20_000_000, "s"))).toBe(true);
  });

  it("that is ready as a whole keeps its bytes, too", async () => {
    const whole = (letter: string) =>
      new Source((controller, n) => {
        if (n < 50) controller.enqueue(Buffer.alloc(1000, letter));
        else controller.close();
      }).stream;
    const server = startInternal({
      fetch: ({ url }) => new Response(whole(url.endsWith("/slow") ? "s" : "f")),
    });
    const slow = connect(server);
    slow.socket.pause();
    // More than the buffers of a socket take.
    const asked = Array.from({ length: 200 }, () => request("GET /slow"));
    slow.write(...asked);
    const waits = () => [...server.connections].some(({ transport }) => transport.buffered > 0);
    await until(waits, "backpressure");
    for (let i = 0; i < 5; i++) {
      const response = await connect(server).write(request("GET /fast")).response();
      expect(response.body.equals(Buffer.alloc(50_000, "f"))).toBe(true);
    }
    slow.socket.resume();
    for (const _ of asked) expect((await slow.response()).body.equals(Buffer.alloc(50_000, "s"))).toBe(true);
  });

  it.each([10, 1_000, 4_096, 100_000])("may make its chunks of %i bytes in the same memory", async (size) => {
    const memory = Buffer.alloc(size);
    /** Waits in front of every chunk, of the first, or of none. */
    async function* chunks(waits: "each" | "first" | "none"): AsyncGenerator<Uint8Array> {
      if (waits === "first") await turns();
      for (const letter of "abcdefghij") {
        if (waits === "each") await turns(1);
        yield memory.fill(letter);
      }
      memory.fill("z");
    }
    for (const waits of ["each", "first", "none"] as const) {
      const server = startInternal({ fetch: () => new LightResponse(chunks(waits)) });
      const response = await connect(server).write(request("GET /")).response();
      expect(response.text === [..."abcdefghij"].map((letter) => letter.repeat(size)).join("")).toBe(true);
    }
  });

  it("is seen from its beginning, if it gives something in each turn", async () => {
    let client: RawClient | null = null;
    let seenAfter = 0;
    const source = new Source(async (controller, n) => {
      await turns(1);
      if (seenAfter === 0 && client!.received.length > 0) seenAfter = n;
      if (n === 300 || seenAfter > 0) controller.close();
      else controller.enqueue(Buffer.from("little"));
    });
    client = connect(startInternal({ fetch: () => new Response(source.stream) }));
    await client.write(request("GET /")).response();
    expect(seenAfter).toBeGreaterThan(0);
  });

  it("has the declared length, if it is held", async () => {
    const source = new Source(async (controller, n) => {
      await turns();
      if (n < 3) controller.enqueue(Buffer.from("abc"));
      else controller.close();
    });
    const headers = { "content-length": "9" };
    const client = connect(startInternal({ fetch: () => new Response(source.stream, { headers }) }));
    const response = await client.write(request("GET /")).response();
    expect(response.framing).toBe("length");
    expect(response.text).toBe("abcabcabc");
  });

  it("is sent whole, if more is there at once than was declared", async () => {
    const headers = { "content-length": "5" };
    const content = Buffer.alloc(500_000, "x");
    for (const body of [new Blob([content]), content]) {
      const client = connect(startInternal({ fetch: () => new Response(body, { headers }) }));
      for (let i = 0; i < 2; i++) {
        const response = await client.write(request("GET /")).response();
        expect(response.body.length).toBe(content.length);
      }
    }
  });

  it.each([
    "5",
    "100",
  ])("is cut off if it turns out not to have the declared length of %s", async (length) => {
    const source = new Source(async (controller, n) => {
      await turns();
      if (n < 3) controller.enqueue(Buffer.from("abc"));
      else controller.close();
    });
    const headers = { "content-length": length };
    const client = connect(startInternal({ fetch: () => new Response(source.stream, { headers }) }));
    client.write(request("GET /"), request("GET /"));
    const received = (await client.closedByServer()).toString();
    const [, content] = received.split("\r\n\r\n");
    expect("abcabcabc".startsWith(content!)).toBe(true);
    expect(content!.length).toBeLessThanOrEqual(Number(length));
    expect(String(errors.take())).toMatch(/Content-Length/);
  });

  it("that fails behind the last byte of its declared length is complete for its client, and the connection ends", async () => {
    const failure = new Error("behind");
    const { promise, open } = gate();
    const source = new Source(async (controller, n) => {
      if (n < 2) return controller.enqueue(Buffer.from("half"));
      await promise;
      throw failure;
    });
    const headers = { "content-length": "8" };
    const client = connect(startInternal({ fetch: () => new Response(source.stream, { headers }) }));
    const { framing, text } = await client.write(request("GET /")).response();
    expect([framing, text, client.ended]).toEqual(["length", "halfhalf", false]);
    open();
    expect((await client.closedByServer()).length).toBe(0);
    expect(errors.take()).toBe(failure);
  });

  it("that fails halfway is cut off, without a clean end", async () => {
    const failure = new Error("halfway");
    const source = new Source(async (controller, n) => {
      await turns();
      if (n === 2) throw failure;
      controller.enqueue(Buffer.from("part"));
    });
    const client = connect(startInternal({ fetch: () => new Response(source.stream) }));
    const received = (await client.write(request("GET /")).closedByServer()).toString();
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(received).toContain("4\r\npart\r\n");
    expect(received).not.toContain("0\r\n\r\n");
    expect(errors.take()).toBe(failure);
  });

  it.each([
    ["fails halfway", "fail"],
    ["is still under way when the server stops at once", "stop"],
    ["is still under way when its client ends", "end"],
  ] as const)("that %s resets a client of HTTP/1.0, for which an end would be that of the response", async (_, how) => {
    const { promise, open } = gate();
    const source = new Source(async (controller, n) => {
      if (n === 0) return controller.enqueue(Buffer.from("half"));
      await promise;
      throw new Error("broken");
    });
    const server = startInternal({ fetch: () => new Response(source.stream) });
    const client = connect(server).write("GET / HTTP/1.0\r\n\r\n");
    await until(() => client.received.includes("half"), "the first chunk");
    if (how === "fail") open();
    else if (how === "stop") await server.stop(true);
    else client.end();
    await until(() => client.closed || client.ended, "the end");
    expect([client.reset, client.ended]).toEqual([true, false]);
    open();
    if (how === "fail") expect(String(errors.take())).toBe("Error: broken");
  });

  it("that fails behind what is ready with it still sends that", async () => {
    const failure = new Error("behind");
    for (const wait of [0, 2]) {
      const source = new Source(async (controller, n) => {
        if (n === 1 || n === wait) await turns();
        if (n === 4) throw failure;
        controller.enqueue(Buffer.from(`${n};`));
      });
      const client = connect(startInternal({ fetch: () => new Response(source.stream) }));
      const received = (await client.write(request("GET /")).closedByServer()).toString();
      expect(received).toContain("0;");
      expect(received).toContain("3;");
      expect(errors.take()).toBe(failure);
    }
  });

  it("that fails before its first byte is an error like any other", async () => {
    const early = (): never => {
      throw new Error("early");
    };
    for (const pull of [early, async () => early()]) {
      const server = startInternal({
        fetch: () => new Response(new Source(pull).stream),
        error: (error) => new Response(`handled ${error.message}`, { status: 503 }),
      });
      const response = await connect(server).write(request("GET /")).response();
      expect(response.status).toBe(503);
      expect(response.text).toBe("handled early");
    }
  });

  it("that fails before its first byte, but in a later turn, is cut off behind its head", async () => {
    const failing = gate();
    const source = new Source(async () => {
      await failing.promise;
      throw new Error("late");
    });
    const handled: unknown[] = [];
    const server = startInternal({
      fetch: () => new Response(source.stream),
      error: (error) => void handled.push(error),
    });
    const client = connect(server).write(request("GET /"));
    await until(() => client.received.includes("\r\n\r\n"), "the head leaves without a byte of the body");
    failing.open();
    const received = (await client.closedByServer()).toString();
    expect(received).toContain("HTTP/1.1 200 OK\r\n");
    expect(received.indexOf("\r\n\r\n")).toBe(received.length - 4);
    expect(handled).toEqual([]);
    expect(errors.take()).toEqual(new Error("late"));
  });

  it("that gives something else than bytes is an error", async () => {
    const source = new Source((controller) => controller.enqueue({} as Uint8Array));
    const client = connect(startInternal({ fetch: () => new Response(source.stream) }));
    expect((await client.write(request("GET /")).response()).status).toBe(500);
    expect(errors.take()).toBeInstanceOf(TypeError);
    expect(source.cancels.length).toBe(1);
  });

  it("is not pulled further than its client reads", async () => {
    const source = new Source((controller) => controller.enqueue(Buffer.alloc(64 * 1024, "x")));
    const client = connect(startInternal({ fetch: () => new Response(source.stream) }));
    client.socket.pause();
    client.write(request("GET /"));
    let before = -1;
    while (source.pulls === 0 || before !== source.pulls) {
      before = source.pulls;
      await turns(200);
    }
    // What the kernels hold, a few megabytes, and no more.
    expect(before).toBeLessThan(200);
    client.socket.resume();
    await until(() => source.pulls > before + 50, "it goes on when the client reads");
    expect(source.cancels).toEqual([]);
    client.destroy();
    await until(() => source.cancels.length === 1, "cancelled");
  });

  const departures: [how: string, leave: (client: RawClient) => void][] = [
    ["resets the connection", (client) => client.abort()],
    ["closes the connection", (client) => client.destroy()],
    ["closes its sending side", (client) => client.end()],
  ];

  it.each(departures)("is cancelled, once, when the client %s", async (_, leave) => {
    const source = new Source(async (controller, n) => {
      if (n > 0) await never();
      controller.enqueue(KB);
    });
    const server = startInternal({ fetch: () => new Response(source.stream) });
    const client = connect(server).write(request("GET /"));
    await client.bytes(1);
    leave(client);
    await until(() => source.cancels.length > 0, "cancelled");
    await until(() => server.connections.size === 0, "closed");
    await turns(20);
    expect(source.cancels.length).toBe(1);
    expect((source.cancels[0] as Error).name).toBe("AbortError");
    expect(server.pendingRequests).toBe(0);
  });

  it("is cancelled when the client goes before the first byte", async () => {
    const source = new Source(never);
    const server = startInternal({ fetch: () => new Response(source.stream) });
    const client = connect(server).write(request("GET /"));
    await until(() => source.pulls === 1, "pulled");
    client.abort();
    await until(() => source.cancels.length === 1, "cancelled");
    expect(server.pendingRequests).toBe(0);
  });

  it("is cancelled when the client goes before the handler responds", async () => {
    const source = new Source((controller) => controller.enqueue(KB));
    const permit = gate();
    const server = startInternal({
      async fetch() {
        await permit.promise;
        return new Response(source.stream);
      },
    });
    const client = connect(server).write(request("GET /"));
    await until(() => server.pendingRequests === 1, "pending");
    client.abort();
    await until(() => server.connections.size === 0, "closed");
    permit.open();
    await until(() => source.cancels.length === 1, "cancelled");
  });

  it("is cancelled, and not waited for, for HEAD", async () => {
    const source = new Source(async (controller, n) => {
      if (n > 0) await never();
      controller.enqueue(KB);
    });
    const client = connect(startInternal({ routes: { "/": () => new Response(source.stream) } }));
    const response = await client.write(request("HEAD /")).response({ head: true });
    expect(response.status).toBe(200);
    await until(() => source.cancels.length === 1, "cancelled");
    expect((await client.write(request("GET /elsewhere")).response()).status).toBe(404);
  });

  it("is not cancelled when it was sent whole", async () => {
    const source = new Source(async (controller, n) => {
      await turns(3);
      if (n < 3) controller.enqueue(KB);
      else controller.close();
    });
    const client = connect(startInternal({ fetch: () => new Response(source.stream) }));
    expect((await client.write(request("GET /")).response()).body.length).toBe(3 * 1024);
    client.abort();
    await turns(20);
    expect(source.cancels).toEqual([]);
  });

  it("may be the request's own body", async () => {
    const server = startInternal({ fetch: (req) => new Response(req.body) });
    const content = Buffer.alloc(1_000_000, "echo ");
    const client = connect(server);
    client.write(request("POST /", [`Content-Length: ${content.length}`]), content, request("POST /"));
    expect(Buffer.compare((await client.response()).body, content)).toBe(0);
    expect((await client.response()).body.length).toBe(0);
  });
});

describe("an async generator as a body", () => {
  /** Yields a kilobyte, then waits for ever; tells when it is over. */
  function generator(): { body: AsyncGenerator<Uint8Array>; finished: () => boolean } {
    let finished = false;
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yield KB;
          await turns(2);
        }
      } finally {
        finished = true;
      }
    }
    return { body: body(), finished: () => finished };
  }

  it("runs its finally when the client goes", async () => {
    const { body, finished } = generator();
    const server = startInternal({
      fetch: () => new LightResponse(body) as unknown as globalThis.Response,
    });
    const client = connect(server).write(request("GET /"));
    await client.bytes(2000);
    expect(finished()).toBe(false);
    client.abort();
    await until(finished, "finally");
  });

  it("gives text and bytes", async () => {
    async function* body(): AsyncGenerator<string | Uint8Array> {
      yield "包";
      await turns();
      yield Buffer.from("子");
    }
    const server = startInternal({
      fetch: () => new LightResponse(body()) as unknown as globalThis.Response,
    });
    expect((await connect(server).write(request("GET /")).response()).text).toBe("包子");
  });

  it("runs its finally when it yields what cannot be sent", async () => {
    let finished = false;
    async function* body(): AsyncGenerator<string> {
      try {
        yield 5 as unknown as string;
      } finally {
        finished = true;
      }
    }
    const server = startInternal({
      fetch: () => new LightResponse(body()) as unknown as globalThis.Response,
    });
    expect((await connect(server).write(request("GET /")).response()).status).toBe(500);
    errors.take();
    await until(() => finished, "finally");
  });
});
