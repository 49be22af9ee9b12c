import fs, {
  appendFileSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { captureErrors } from "@mantou/testing/errors";
import { ask, connect, connectSecurely, request } from "@mantou/testing/raw-client";
import { tempDir } from "@mantou/testing/temp-dir";
import { cert, key } from "@mantou/testing/tls";
import { until } from "@mantou/testing/wait";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { hotFiles } from "../../src/http/hot-files.ts";
import { currentDate } from "../../src/http/http-date.ts";
import { file } from "../../src/plain.ts";
import { openCount } from "../support/descriptors.ts";
import { runs } from "../support/runs.ts";
import { start, startInternal } from "../support/servers.ts";

const errors = captureErrors();
const dir = tempDir();

/** More than is read at once, and less than is kept at most. */
const SIZE = 1024 * 1024;
const MOST = 4 * 1024 * 1024;

/** Milliseconds that have passed besides those that have. */
let passed = 0;
beforeEach(() => {
  const { now } = performance;
  const epoch = Date.now;
  // All files are old enough to be kept.
  vi.spyOn(Date, "now").mockImplementation(() => epoch() + 3_600_000);
  vi.spyOn(performance, "now").mockImplementation(() => now.call(performance) + passed);
});

// Other files run in this process. The text of the Date field stays for a second.
afterAll(async () => {
  vi.restoreAllMocks();
  await until(() => Date.parse(currentDate()) <= Date.now(), "the end of a second that is an hour ahead");
});

/** Bytes in which each place is told from others, and each version from others. */
function content(size: number, version = 0): Buffer {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i + 4 <= size; i += 4) bytes.writeUInt32LE((i ^ (version * 0x1000193)) >>> 0, i);
  return bytes;
}

let made = 0;
function newFile(bytes: Uint8Array): string {
  const path = join(dir, `${made++}.bin`);
  writeFileSync(path, bytes);
  return path;
}

/** Waits until a change gives a file another time than its last one. */
async function untilNextStep(path: string): Promise<void> {
  const { ctimeMs } = statSync(path);
  const probe = join(dir, "probe");
  await until(() => {
    writeFileSync(probe, "");
    return statSync(probe).ctimeMs > ctimeMs;
  }, "the next step of the file system's time");
}

/** Counts the reads of files in the thread pool. */
function countReads(): () => number {
  const { read } = fs;
  let count = 0;
  const counting = (...args: unknown[]): void => {
    count++;
    Reflect.apply(read, fs, args);
  };
  fs.read = counting as unknown as typeof fs.read;
  syncBuiltinESMExports();
  onTestFinished(() => {
    fs.read = read;
    syncBuiltinESMExports();
  });
  return () => count;
}

describe("a file that is asked for again and again", () => {
  it("is sent without a read: whole, in ranges, for HEAD and on conditions", async () => {
    const bytes = content(SIZE);
    const path = newFile(bytes);
    const server = start({
      routes: { "/": file(path), "/slice": () => new Response(file(path).slice(1000, 500_000)) },
    });
    const client = connect(server);
    const get = async (fields: readonly string[] = [], target = "/"): Promise<Buffer> =>
      (await client.write(request(`GET ${target}`, fields)).response()).body;
    await get();
    await get();
    const reads = countReads();
    expect((await get()).equals(bytes)).toBe(true);
    expect((await get(["Range: bytes=100000-900000"])).equals(bytes.subarray(100_000, 900_001))).toBe(true);
    expect((await get(["Range: bytes=-70000"])).equals(bytes.subarray(SIZE - 70_000))).toBe(true);
    expect((await get(["Range: bytes=10-20"])).equals(bytes.subarray(10, 21))).toBe(true);
    expect((await get([], "/slice")).equals(bytes.subarray(1000, 500_000))).toBe(true);
    const head = await client.write(request("HEAD /")).response({ head: true });
    expect(head.headers["content-length"]).toBe(`${SIZE}`);
    const since = `If-Modified-Since: ${head.headers["last-modified"]}`;
    expect((await client.write(request("GET /", [since])).response()).status).toBe(304);
    for (let i = 0; i < 3; i++) client.write(request("GET /"));
    for (let i = 0; i < 3; i++) expect((await client.response()).body.equals(bytes)).toBe(true);
    expect(reads()).toBe(0);
    for (const count of [0, 1, 1]) {
      passed += 600;
      expect((await get()).equals(bytes)).toBe(true);
      expect(reads()).toBe(count);
    }
    expect(openCount(path) ?? 0).toBe(0);
  });

  it("of a directory is sent so, too, but not through TLS, nor one that is too large", async () => {
    const path = newFile(content(SIZE));
    const large = newFile(content(MOST + 1));
    const plain = start({ routes: { "/*": { dir } } });
    const secure = start({ routes: { "/*": { dir } }, tls: { key, cert } });
    const reads = countReads();
    const readsOf = async (name: string, isSecure: boolean): Promise<number> => {
      const client = isSecure ? connectSecurely(secure) : connect(plain);
      for (let i = 0; ; i++) {
        const before = reads();
        const { body } = await client.write(request(`GET ${name.slice(dir.length)}`)).response();
        expect(body.equals(readFileSync(name))).toBe(true);
        if (i === 3) return reads() - before;
      }
    };
    expect(await readsOf(path, false)).toBe(0);
    expect(await readsOf(path, true)).toBeGreaterThan(1);
    expect(await readsOf(large, false)).toBeGreaterThan(1);
  });

  it("is sent as it was to a client that takes its time, and as it is to the next one", async () => {
    const [old, young] = [content(MOST, 1), content(MOST, 2)];
    const path = newFile(old);
    const server = startInternal({ routes: { "/": file(path) } });
    await until(() => hotFiles.size === 0, "nothing of other tests is kept");
    for (let i = 0; i < 2; i++) await ask(server, "GET /");
    // More than the buffers of a socket take.
    const asked = Array.from({ length: 10 }, () => request("GET /"));
    const clients = Array.from({ length: 3 }, () => connect(server).write(...asked));
    for (const client of clients) client.socket.pause();
    const waiting = (): number =>
      [...server.connections].filter(({ transport }) => transport.buffered > 0).length;
    await until(() => waiting() === 3, "backpressure");
    // However many wait, the bytes are there once.
    expect(hotFiles.size).toBeLessThanOrEqual(MOST);
    await untilNextStep(path);
    writeFileSync(path, young);
    for (let i = 0; i < 3; i++) expect((await ask(server, "GET /")).body.equals(young)).toBe(true);
    expect(hotFiles.size).toBeLessThanOrEqual(2 * MOST);
    const [leaver, ...others] = clients;
    leaver!.abort();
    for (const client of others) {
      client.socket.resume();
      let isOld = true;
      for (let i = 0; i < asked.length; i++) {
        const { body } = await client.response();
        isOld &&= body.equals(old);
        expect(isOld || (i > 0 && body.equals(young))).toBe(true);
      }
      expect(isOld).toBe(false);
    }
    await until(() => hotFiles.size === 0, "neither version is held any more");
  });

  it("that cannot be read gets an error's response, as long as it cannot", async () => {
    const bytes = content(SIZE);
    const path = newFile(bytes);
    const server = startInternal({
      routes: { "/": file(path) },
      error: (error) => new Response((error as NodeJS.ErrnoException).code, { status: 503 }),
    });
    await ask(server, "GET /");
    const { read } = fs;
    onTestFinished(() => {
      fs.read = read;
      syncBuiltinESMExports();
    });
    fs.read = ((...args: unknown[]): void => {
      const done = args.at(-1) as (error: Error, count: number) => void;
      setImmediate(() => done(Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" }), 0));
    }) as unknown as typeof fs.read;
    syncBuiltinESMExports();
    expect(await ask(server, "GET /")).toMatchObject({ status: 503, text: "EIO" });
    fs.read = read;
    syncBuiltinESMExports();
    expect((await ask(server, "GET /")).body.equals(bytes)).toBe(true);
    expect(openCount(path) ?? 0).toBe(0);
  });

  it("whose client leaves while it is read is kept for the others", async () => {
    const bytes = content(SIZE);
    const path = newFile(bytes);
    const server = startInternal({ routes: { "/": file(path) } });
    await ask(server, "GET /");
    const { read } = fs;
    let release: (() => void) | null = null;
    onTestFinished(() => {
      fs.read = read;
      syncBuiltinESMExports();
    });
    fs.read = ((...args: unknown[]): void => {
      release = () => Reflect.apply(read, fs, args);
    }) as unknown as typeof fs.read;
    syncBuiltinESMExports();
    const client = connect(server).write(request("GET /"));
    await until(() => release !== null, "it is read");
    client.abort();
    await until(() => server.connections.size === 0, "the client has gone");
    fs.read = read;
    syncBuiltinESMExports();
    release!();
    await until(() => (openCount(path) ?? 0) === 0, "closed");
    const reads = countReads();
    expect((await ask(server, "GET /")).body.equals(bytes)).toBe(true);
    expect(reads()).toBe(0);
  });
});

describe("property: a file that is changed in any way between requests, and during them", () => {
  const change = fc.constantFrom("overwrite", "shorten", "append", "replace", "old time", "touch");
  const asked = fc.record({
    clients: fc.integer({ min: 1, max: 4 }),
    start: fc.integer({ min: 0, max: 150_000 }),
    isRange: fc.boolean(),
    meanwhile: fc.option(change, { freq: 3 }),
  });
  const act = fc.oneof(
    { weight: 3, arbitrary: asked },
    { weight: 1, arbitrary: change },
    { weight: 1, arbitrary: fc.constant("wait" as const) },
  );

  let version = 0;
  /** @returns the content behind it */
  function apply(how: string, path: string, before: Buffer): Buffer {
    version++;
    const { length } = before;
    if (how === "shorten") {
      const size = Math.max(150_001, length - 10_000);
      truncateSync(path, size);
      return before.subarray(0, size);
    }
    if (how === "append") {
      appendFileSync(path, content(1000, version));
      return Buffer.concat([before, content(1000, version)]);
    }
    if (how === "touch") {
      utimesSync(path, 1_700_000_000, 1_700_000_000 + version);
      return before;
    }
    const after = content(length, version);
    if (how === "replace") {
      writeFileSync(`${path}.new`, after);
      utimesSync(`${path}.new`, statSync(path).atime, statSync(path).mtime);
      renameSync(`${path}.new`, path);
      return after;
    }
    const { atime, mtime } = statSync(path);
    writeFileSync(path, after);
    if (how === "old time") utimesSync(path, atime, mtime);
    return after;
  }

  it("each response is one that a read of the file could give", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 30 }), async (acts) => {
        let current = content(300_000, ++version);
        const path = newFile(current);
        const server = start({ routes: { "/": file(path) } });
        const clients = Array.from({ length: 4 }, () => connect(server));
        for (const next of acts) {
          await untilNextStep(path);
          if (next === "wait") passed += 600;
          else if (typeof next === "string") current = apply(next, path, current);
          else {
            const fields = next.isRange ? [`Range: bytes=${next.start}-149999`] : [];
            const part = (bytes: Buffer): Buffer =>
              next.isRange && next.start < 150_000 ? bytes.subarray(next.start, 150_000) : bytes;
            const possible = [part(current)];
            const asking = clients.slice(0, next.clients);
            for (const client of asking) client.write(request("GET /", fields));
            if (next.meanwhile !== null) {
              current = apply(next.meanwhile, path, current);
              possible.push(part(current));
            }
            for (const [i, client] of asking.entries()) {
              const received = await Promise.race([
                client.response().then(
                  ({ body }) => body,
                  () => null,
                ),
                client.closedByServer().then(() => null),
              ]);
              if (received === null && next.meanwhile !== null) {
                // It was changed on its way, and so the connection is aborted.
                clients[i] = connect(server);
                await until(() => errors.reports.length > 0, "a report");
                expect(errors.take()).toMatchObject({ code: "ESTALE" });
                continue;
              }
              expect(possible.some((bytes) => received !== null && bytes.equals(received))).toBe(true);
            }
          }
        }
        for (const client of clients) client.destroy();
        await server.stop(true);
      }),
      runs(100),
    );
  });
});
