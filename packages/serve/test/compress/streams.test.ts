import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, request } from "@mantou/testing/raw-client";
import { gate, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { decode, decoded, ENCODINGS } from "../support/decode.ts";
import { start } from "../support/servers.ts";
import { type NextChunk, streamOf } from "../support/stream-of.ts";

const errors = captureErrors();

const HTML = { "Content-Type": "text/html" };
const TEXT = "Steam for twelve minutes. ".repeat(200);

/** A server with compression whose responses are such streams. */
function serveStream(
  next: NextChunk,
  headers: Record<string, string> = HTML,
  cancelled: unknown[] = [],
): ReturnType<typeof start> {
  return start({ compress: true, fetch: () => new Response(streamOf(next, cancelled), { headers }) });
}

/** A text, then what `then` gives behind a gate. */
function textThen(then: () => string | null): { next: NextChunk; open: () => void } {
  const wait = gate();
  const next: NextChunk = async (n) => {
    if (n === 0) return TEXT;
    await wait.promise;
    return then();
  };
  return { next, open: () => wait.open() };
}

describe("a stream", () => {
  it.each(ENCODINGS)("of events leaves event by event: %s", async (encoding) => {
    const gates = [gate(), gate(), gate()];
    const server = serveStream(
      async (n) => {
        await gates[n]?.promise;
        return n < 2 ? `data: ${n}\n\n` : null;
      },
      { "Content-Type": "text/event-stream" },
    );
    const client = connect(server).write(request("GET /", [`Accept-Encoding: ${encoding}`]));
    // The head waits for no event.
    await until(() => client.received.includes("\r\n\r\n"), "the head");
    expect(client.received.toString("latin1").toLowerCase()).toContain(`content-encoding: ${encoding}`);
    gates[0]!.open();
    await until(() => decoded(client, encoding) === "data: 0\n\n", "the first event");
    gates[1]!.open();
    await until(() => decoded(client, encoding) === "data: 0\n\ndata: 1\n\n", "the second event");
    gates[2]!.open();
    const response = await client.response();
    expect(response.framing).toBe("chunked");
    expect(response.headers["vary"]).toBe("Accept-Encoding");
    expect(decode(response).toString()).toBe("data: 0\n\ndata: 1\n\n");
  });

  it("that is there as a whole has a length, and is compressed by it", async () => {
    const server = start({
      compress: true,
      fetch: ({ url }) => {
        const text = url.endsWith("/long") ? TEXT : "short";
        return new Response(
          streamOf(async (n) => (n === 0 ? text : null)),
          { headers: HTML },
        );
      },
    });
    const long = await ask(server, "GET /long", ["Accept-Encoding: br"]);
    expect(long).toMatchObject({ framing: "length", headers: { "content-encoding": "br" } });
    expect(decode(long).toString()).toBe(TEXT);
    const short = await ask(server, "GET /short", ["Accept-Encoding: br"]);
    expect(short).toMatchObject({ framing: "length", text: "short" });
    expect(short.headers["content-encoding"]).toBe(undefined);
  });

  it("whose declared length is short stays as it is", async () => {
    const wait = gate();
    const server = serveStream(
      async (n) => {
        if (n === 1) await wait.promise;
        return n < 2 ? "12345" : null;
      },
      { ...HTML, "Content-Length": "10" },
    );
    const client = connect(server).write(request("GET /", ["Accept-Encoding: gzip"]));
    await until(() => client.received.includes("12345"), "the first part");
    wait.open();
    expect(await client.response()).toMatchObject({ text: "1234512345", framing: "length" });
  });

  it("has the same fields for HEAD, and is not read on", async () => {
    const cancelled: unknown[] = [];
    const server = serveStream(
      (n) => (n === 0 ? Promise.resolve(TEXT) : new Promise(() => {})),
      { ...HTML, ETag: '"a"' },
      cancelled,
    );
    const head = await ask(server, "HEAD /", ["Accept-Encoding: gzip"]);
    expect(head.headers).toMatchObject({
      "content-encoding": "gzip",
      etag: '"a-gzip"',
      vary: "Accept-Encoding",
    });
    expect(head.headers["content-length"]).toBe(undefined);
    expect(cancelled.length).toBe(1);
  });

  const fail = (): never => {
    throw new Error("The steam is out");
  };

  it.each([
    ["that fails in the middle", fail, HTML, "The steam is out"],
    [
      "of another length than declared",
      () => null,
      { ...HTML, "Content-Length": String(TEXT.length + 1) },
      `declares ${TEXT.length + 1} bytes`,
    ],
  ])("%s breaks the response off", async (_, then, headers, message) => {
    const { next, open } = textThen(then);
    const client = connect(serveStream(next, headers)).write(request("GET /", ["Accept-Encoding: gzip"]));
    await until(() => decoded(client, "gzip") === TEXT, "the first part");
    open();
    expect((await client.closedByServer()).toString("latin1")).not.toMatch(/\r\n0\r\n\r\n$/);
    expect((errors.take() as Error).message).toContain(message);
  });

  it("that fails before its head has left is an error of the handler", async () => {
    const server = start({
      compress: true,
      fetch: () =>
        new Response(
          streamOf(async () => {
            throw new Error("No dough");
          }),
          { headers: HTML },
        ),
      error: (error) => new Response(error.message, { status: 503 }),
    });
    expect(await ask(server, "GET /", ["Accept-Encoding: gzip"])).toMatchObject({
      status: 503,
      text: "No dough",
    });
  });

  it.each([
    "before its first chunk",
    "in the middle",
  ])("is cancelled once if its client goes %s", async (when) => {
    const cancelled: unknown[] = [];
    let pulls = 0;
    const server = serveStream(
      (n) => {
        pulls++;
        return when === "in the middle" && n === 0 ? Promise.resolve(TEXT) : new Promise(() => {});
      },
      HTML,
      cancelled,
    );
    const client = connect(server).write(request("GET /", ["Accept-Encoding: gzip"]));
    await until(() => (when === "in the middle" ? decoded(client, "gzip") === TEXT : pulls > 0), "its part");
    client.abort();
    await until(() => cancelled.length > 0, "a cancel");
    expect(cancelled.length).toBe(1);
    expect((cancelled[0] as Error).name).toBe("AbortError");
  });

  it("waits for a slow client", async () => {
    const chunk = Buffer.alloc(64 * 1024);
    let state = 1;
    // Bytes that cannot be compressed fill the client's window.
    for (let i = 0; i < chunk.length; i++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      chunk[i] = state >>> 16;
    }
    let pulls = 0;
    const server = start({
      compress: { level: 1 },
      fetch: () =>
        new Response(
          streamOf(async () => {
            pulls++;
            await new Promise((resolve) => setImmediate(resolve));
            return chunk;
          }),
          { headers: HTML },
        ),
    });
    const client = connect(server);
    client.socket.pause();
    client.write(request("GET /", ["Accept-Encoding: gzip"]));
    let before = -1;
    // It stands still when the kernel's buffers are full.
    await until(async () => {
      before = pulls;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return before > 0 && pulls === before;
    }, "a source that waits");
    expect(pulls).toBeLessThan(1_000);
    client.socket.resume();
    await until(() => pulls > before, "more");
    client.abort();
  });

  it("that gives empty chunks for ever keeps no other client waiting", async () => {
    const server = start({
      compress: true,
      fetch: ({ url }) =>
        url.endsWith("/endless")
          ? new Response(
              streamOf(async (n) => (n === 0 ? TEXT : "")),
              { headers: HTML },
            )
          : new Response("here"),
    });
    const endless = connect(server).write(request("GET /endless", ["Accept-Encoding: gzip"]));
    await until(() => decoded(endless, "gzip") === TEXT, "the first part");
    expect((await ask(server, "GET /")).text).toBe("here");
    endless.abort();
  });
});
