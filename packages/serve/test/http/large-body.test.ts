import { Buffer } from "node:buffer";
import { captureErrors } from "@mantou/testing/errors";
import { connect, request } from "@mantou/testing/raw-client";
import { until } from "@mantou/testing/wait";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { runs } from "../support/runs.ts";
import { startInternal } from "../support/servers.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

const errors = captureErrors();

/** Bytes of which none is where another one could be, in letters: text, and a JSON string between quotes. */
function letters(size: number, seed = 0): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let state = seed + 1;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = 97 + ((state >>> 24) % 26);
  }
  return bytes;
}

function post(path: string, content: Uint8Array, length = content.length): Buffer {
  return Buffer.concat([Buffer.from(request(`POST ${path}`, [`Content-Length: ${length}`])), content]);
}

const readers: Readonly<Record<string, (req: Request) => Promise<Uint8Array>>> = {
  arrayBuffer: async (req) => new Uint8Array(await req.arrayBuffer()),
  stream: async (req) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of req.body ?? []) chunks.push(chunk);
    return Buffer.concat(chunks);
  },
  blob: async (req) => new Uint8Array(await (await req.blob()).arrayBuffer()),
  text: async (req) => Buffer.from(await req.text()),
  json: async (req) => Buffer.from(JSON.stringify(await req.json())),
};

/** Responds with the body that the reader of the path has read. */
function startEcho() {
  return startInternal({
    fetch: async (req) => new Response(await readers[new URL(req.url).pathname.slice(1)]!(req)),
  });
}

describe("a large body of known length", () => {
  it.each(Object.keys(readers))("is read by %s, and the request behind it as well", async (how) => {
    const server = startEcho();
    const contents = [100 * KIB, MIB, 3 * MIB].map((size) => Buffer.from(`"${letters(size, size)}"`));
    const client = connect(server).write(
      ...contents.flatMap((content) => [post(`/${how}`, content), post("/text", Buffer.from("behind"))]),
    );
    for (const content of contents) {
      expect(Buffer.compare((await client.response()).body, content)).toBe(0);
      expect((await client.response()).text).toBe("behind");
    }
  });

  it("is whole however it is split, and so are those behind it", async () => {
    const server = startEcho();
    const sizes = fc.array(fc.integer({ min: 1, max: 400 * KIB }), { minLength: 1, maxLength: 3 });
    const given = fc.record({
      sizes,
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
      how: fc.constantFrom("arrayBuffer", "text"),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ sizes: lengths, cuts, how }) => {
        const contents = lengths.map((size, i) => letters(size, i));
        const bytes = Buffer.concat(contents.map((content) => post(`/${how}`, content)));
        const places = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b)];
        const client = await connect(server).connected();
        for (const [i, from] of places.entries()) {
          const piece = bytes.subarray(from, places[i + 1] ?? bytes.length);
          await new Promise((sent) => client.socket.write(piece, sent));
        }
        for (const content of contents)
          expect(Buffer.compare((await client.response()).body, content)).toBe(0);
        client.destroy();
      }),
      runs(20),
    );
  });

  it("has memory of its own, in which nothing of what comes later is written", async () => {
    const kept: ArrayBuffer[] = [];
    const server = startInternal({
      async fetch(req) {
        kept.push(await req.arrayBuffer());
        return new Response(`${kept.length}`);
      },
    });
    const contents = Array.from({ length: 6 }, (_, i) => letters(300 * KIB + i, i));
    const client = connect(server).write(...contents.map((content) => post("/", content)));
    for (const i of contents.keys()) expect((await client.response()).text).toBe(`${i + 1}`);
    for (const [i, content] of contents.entries()) {
      expect(kept[i]!.byteLength).toBe(content.length);
      expect(Buffer.compare(Buffer.from(kept[i]!), content)).toBe(0);
    }
  });

  it("may be transferred at once, while the next one comes", async () => {
    const server = startInternal({
      async fetch(req) {
        const bytes = await req.arrayBuffer();
        const mine = structuredClone(bytes, { transfer: [bytes] });
        return new Response(mine);
      },
    });
    const contents = Array.from({ length: 4 }, (_, i) => letters(MIB, i));
    const client = connect(server).write(...contents.map((content) => post("/", content)));
    for (const content of contents) expect(Buffer.compare((await client.response()).body, content)).toBe(0);
  });

  it.each<[how: string, leave: "abort" | "end"]>([
    ["resets the connection", "abort"],
    ["ends it", "end"],
  ])("rejects if the client %s in the middle, and others are served", async (_how, leave) => {
    const seen: string[] = [];
    const server = startInternal({
      async fetch(req) {
        seen.push(await req.arrayBuffer().then(String, (error: Error) => error.name));
        return new Response();
      },
    });
    for (const size of [64 * KIB, 300 * KIB, MIB - 1]) {
      const client = await connect(server).connected();
      await new Promise((sent) => client.socket.write(post("/", letters(size), MIB), sent));
      await until(() => server.pendingRequests === 1, "pending");
      client[leave]();
      await until(() => server.pendingRequests === 0, "over");
    }
    await until(() => seen.length === 3, "the readers are told");
    expect(seen).toEqual(["AbortError", "AbortError", "AbortError"]);
    const content = letters(200 * KIB);
    expect((await connect(server).write(post("/", content)).response()).status).toBe(200);
  });

  it("ends its connection alone if there is no memory for it", async () => {
    const seen: string[] = [];
    const server = startInternal({
      async fetch(req) {
        seen.push(await req.arrayBuffer().then(String, (error: Error) => error.name));
        return new Response();
      },
    });
    const allocate = Buffer.allocUnsafeSlow.bind(Buffer);
    const scarce = vi.spyOn(Buffer, "allocUnsafeSlow").mockImplementation((size) => {
      if (size > 200 * KIB) throw new RangeError("Array buffer allocation failed");
      return allocate(size);
    });
    onTestFinished(() => scarce.mockRestore());
    // Longer than what gets its memory at once.
    const client = connect(server).write(post("/", letters(2 * MIB)));
    await client.closedByServer();
    await until(() => seen.length === 1, "the reader is told");
    expect(seen).toEqual(["RangeError"]);
    expect(errors.take()).toBeInstanceOf(RangeError);
    scarce.mockRestore();
    const next = connect(server).write(post("/", letters(2 * MIB)));
    expect((await next.response()).status).toBe(200);
  });

  it("is read on where a handler waits before it reads", async () => {
    let wait = Promise.resolve();
    const server = startInternal({
      async fetch(req) {
        await wait;
        return new Response(await req.arrayBuffer());
      },
    });
    wait = new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const content = letters(2 * MIB);
    const client = connect(server).write(post("/", content), post("/", Buffer.from("behind")));
    expect(Buffer.compare((await client.response()).body, content)).toBe(0);
    expect((await client.response()).text).toBe("behind");
  });
});
