import { createHash } from "node:crypto";
import fs, { appendFileSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, connectSecurely, type RawClient, request } from "@mantou/testing/raw-client";
import { fill, tempDir } from "@mantou/testing/temp-dir";
import { cert, key } from "@mantou/testing/tls";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it, onTestFinished } from "vitest";
import { file } from "../../src/plain.ts";
import { openCount } from "../support/descriptors.ts";
import { watchRejections } from "../support/rejections.ts";
import { start, startInternal } from "../support/servers.ts";

const errors = captureErrors();

const dir = tempDir();
/** More than any socket's buffers take. */
const SIZE = 16 * 1024 * 1024;
/** Content in which each place is told from others. */
const content = Buffer.alloc(SIZE);
for (let i = 0; i < SIZE; i += 4) content.writeUInt32LE(i, i);
const digest = (bytes: Uint8Array): string => createHash("sha1").update(bytes).digest("hex");

let made = 0;
function bigFile(): string {
  const path = join(dir, `big-${made++}.bin`);
  writeFileSync(path, content);
  utimesSync(path, 1_700_000_000, 1_700_000_000);
  return path;
}

/** A client that has got the beginning of a response, and reads no more. */
async function stalled(target: { port: number | undefined }): Promise<RawClient> {
  const client = connect(target).write(request("GET /"));
  await client.bytes(1000);
  client.socket.pause();
  return client;
}

describe("a large file", () => {
  it("is sent whole, in ranges and over one connection, and closed", async () => {
    const path = bigFile();
    const server = start({ routes: { "/": file(path) } });
    const client = connect(server);
    for (const [range, start, end] of [
      ["", 0, SIZE],
      ["Range: bytes=1000003-", 1_000_003, SIZE],
      ["Range: bytes=-70001", SIZE - 70_001, SIZE],
      ["Range: bytes=131070-262150", 131_070, 262_151],
    ] as const) {
      const { body, headers } = await client.write(request("GET /", range === "" ? [] : [range])).response();
      expect(headers["content-length"]).toBe(`${end - start}`);
      expect(digest(body)).toBe(digest(content.subarray(start, end)));
    }
    await until(() => (openCount(path) ?? 0) === 0, "closed");
  });

  it("is sent to several clients at once", async () => {
    const path = bigFile();
    const server = start({ routes: { "/": file(path) } });
    const responses = await Promise.all(Array.from({ length: 4 }, () => ask(server, "GET /")));
    for (const { body } of responses) expect(digest(body)).toBe(digest(content));
  });

  it("is sent through TLS, to several clients at once and one behind another", async () => {
    const path = bigFile();
    const server = start({ routes: { "/": file(path) }, tls: { key, cert } });
    const clients = Array.from({ length: 2 }, () =>
      connectSecurely(server).write(
        ...Array.from({ length: 2 }, () => request("GET /", ["Range: bytes=0-4999999"])),
      ),
    );
    for (const client of clients) {
      for (let i = 0; i < 2; i++)
        expect(digest((await client.response()).body)).toBe(digest(content.subarray(0, 5_000_000)));
    }
    await until(() => (openCount(path) ?? 0) === 0, "closed");
  });

  it("waits for its client, with few bytes in memory", async () => {
    const path = bigFile();
    const server = startInternal({ routes: { "/": file(path) } });
    const client = await stalled(server);
    const [connection] = server.connections;
    await until(() => connection!.transport.buffered > 0, "backpressure");
    const { taken } = connection!.transport;
    expect(connection!.transport.buffered).toBeLessThanOrEqual(128 * 1024 + 512);
    expect(taken).toBeLessThan(SIZE);
    client.socket.resume();
    const { body } = await client.response();
    expect(digest(body)).toBe(digest(content));
  });

  it("is closed when its client goes", async () => {
    const path = bigFile();
    const server = startInternal({ routes: { "/": file(path) } });
    const client = await stalled(server);
    expect(openCount(path) ?? 1).toBe(1);
    client.abort();
    await until(() => (openCount(path) ?? 0) === 0 && server.connections.size === 0, "closed");
    expect(server.pendingRequests).toBe(0);
  });

  it("is not read for HEAD, and not for clients that have it", async () => {
    const path = bigFile();
    const server = start({ routes: { "/": file(path) } });
    expect((await ask(server, "HEAD /")).headers["content-length"]).toBe(`${SIZE}`);
    expect((await ask(server, "GET /", ["If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT"])).status).toBe(
      304,
    );
    expect(openCount(path) ?? 0).toBe(0);
  });

  it("lets a client that sends a body finish first, or go", async () => {
    const path = bigFile();
    const server = start({ routes: { "/": file(path) } });
    const response = await ask(server, "POST /", ["Content-Length: 5"], "12345");
    expect(digest(response.body)).toBe(digest(content));
    const long = await ask(server, "POST /", ["Content-Length: 99999999"], "12345");
    expect(long.headers["connection"]).toBe("close");
    expect(digest(long.body)).toBe(digest(content));
  });

  it("reaches a client that reads nothing before it has sent everything", async () => {
    const path = bigFile();
    const late = async (): Promise<Response> => {
      await turns();
      return new Response(file(path));
    };
    for (const route of [file(path), late]) {
      const client = connect(start({ routes: { "/": route } }));
      client.socket.pause();
      client.write(request("POST /", [`Content-Length: ${SIZE}`]), content);
      await until(() => client.socket.writableLength === 0, "sent");
      client.socket.resume();
      expect(digest((await client.response()).body)).toBe(digest(content));
    }
  });
});

describe("a file that is changed while it is sent", () => {
  const changes: [string, (path: string) => void][] = [
    ["cut short", (path) => truncateSync(path, SIZE / 2)],
    ["emptied", (path) => truncateSync(path, 0)],
    ["written over", (path) => writeFileSync(path, content)],
  ];
  it.each(changes)("%s: the connection is aborted before the response is complete", async (_how, change) => {
    const path = bigFile();
    const server = startInternal({ routes: { "/": file(path) } });
    const client = await stalled(server);
    change(path);
    client.socket.resume();
    const received = await client.closedByServer();
    expect(received.toString("latin1", 0, received.indexOf("\r\n\r\n"))).toContain(`Content-Length: ${SIZE}`);
    expect(received.length).toBeLessThan(SIZE);
    await until(() => errors.reports.length === 1, "a report");
    expect(errors.take()).toMatchObject({ code: "ESTALE" });
    expect(openCount(path) ?? 0).toBe(0);
  });

  it("appended to: what there was is sent", async () => {
    const path = bigFile();
    const server = startInternal({ routes: { "/": file(path) } });
    const client = await stalled(server);
    appendFileSync(path, "another line");
    client.socket.resume();
    expect(digest((await client.response()).body)).toBe(digest(content));
    expect(statSync(path).size).toBe(SIZE + 12);
  });
});

describe("a small file", () => {
  it("of any length about the limit for one piece is sent whole", async () => {
    const lengths = [0, 1, 1023, 1024, 1025, 65_535, 65_536, 65_537, 131_072, 131_073, 262_145];
    fill(dir, Object.fromEntries(lengths.map((length) => [`small/${length}`, content.subarray(0, length)])));
    const server = start({ routes: { "/*": { dir: join(dir, "small") } } });
    const client = connect(server);
    for (const length of lengths) client.write(request(`GET /${length}`));
    for (const length of lengths) {
      const { body, headers } = await client.response();
      expect(headers["content-length"]).toBe(`${length}`);
      expect(digest(body)).toBe(digest(content.subarray(0, length)));
    }
  });
});

describe("a disk that fails", () => {
  watchRejections();

  /** Lets reads of files fail when it `fails`: Node's own function, which no test can make fail otherwise. */
  function failWhen(fails: () => boolean): { failed: () => number } {
    const { read } = fs;
    let failed = 0;
    const failing = (...args: unknown[]): void => {
      const done = args.at(-1) as (error: Error | null, count: number) => void;
      if (!fails()) Reflect.apply(read, fs, args);
      else {
        setImmediate(() => {
          failed++;
          done(Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" }), 0);
        });
      }
    };
    fs.read = failing as unknown as typeof fs.read;
    syncBuiltinESMExports();
    onTestFinished(() => {
      fs.read = read;
      syncBuiltinESMExports();
    });
    return { failed: () => failed };
  }

  it("while a slow client is waited for: the connection is broken off, and the error reported", async () => {
    const path = bigFile();
    for (const tls of [{}, { tls: { key, cert } }]) {
      const server = startInternal({ routes: { "/": file(path) }, ...tls });
      const disk = failWhen(() => [...server.connections].some(({ transport }) => transport.buffered > 0));
      const client = ("tls" in tls ? connectSecurely : connect)(server).write(request("GET /"));
      client.socket.pause();
      await until(() => disk.failed() > 0, "the read has failed");
      await turns();
      client.socket.resume();
      const received = await client.closedByServer();
      expect(received.length).toBeLessThan(SIZE);
      await until(() => errors.reports.length > 0, "a report");
      expect(errors.take()).toMatchObject({ code: "EIO" });
      expect(openCount(path) ?? 0).toBe(0);
      await until(() => server.connections.size === 0, "closed");
    }
  });

  it("while a client that has left was waited for is not reported, and the file is closed", async () => {
    const path = bigFile();
    const server = startInternal({ routes: { "/": file(path) } });
    const disk = failWhen(() => [...server.connections].some(({ transport }) => transport.buffered > 0));
    const client = await stalled(server);
    await until(() => disk.failed() > 0, "the read has failed");
    client.abort();
    await until(() => server.connections.size === 0 && (openCount(path) ?? 0) === 0, "closed");
    await turns();
    expect(disk.failed()).toBe(1);
  });

  it("at the first read: an error's response", async () => {
    const path = bigFile();
    failWhen(() => true);
    const server = startInternal({
      routes: { "/": () => new Response(file(path)), "/route": file(path) },
      error: (error) => new Response((error as NodeJS.ErrnoException).code, { status: 503 }),
    });
    for (const target of ["/", "/route"]) {
      expect(await ask(server, `GET ${target}`)).toMatchObject({ status: 503, text: "EIO" });
    }
    expect(openCount(path) ?? 0).toBe(0);
  });
});
