import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it, vi } from "vitest";
import { isDirectSupported } from "../src/direct-support.ts";
import { DirectStream } from "../src/zlib-direct.ts";
import { zlibStreamSuite } from "./zlib-suite.ts";

/** The room of a stream in the thread pool. */
const ROOM_BYTES = 64 * 1024;

it("Node's internals are there on each line that is supported", () => {
  expect(isDirectSupported()).toBe(true);
});

it("memory that a thread writes to is not freed when the stream is closed meanwhile", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const stream = new DirectStream({ kind: "deflate", windowBits: 15, memLevel: 8, level: 9, takeover: true });
  const allocate = vi.spyOn(Buffer, "allocUnsafe");
  // One step for zlib, whose output fits the room: some hundred milliseconds in the thread.
  const input = Buffer.alloc(64 * 1024 * 1024, "steamed bun, ");
  const done = new Promise((resolve) => stream.runInPool(input, Number.POSITIVE_INFINITY, resolve));
  const room = allocate.mock.results
    .map(({ value }) => new WeakRef(value.buffer as ArrayBuffer))
    .find((buffer) => buffer.deref()?.byteLength === ROOM_BYTES);
  // It would keep what it has seen.
  allocate.mockReset();
  allocate.mockRestore();
  stream.close();
  expect(await done).toBe("UNDECODABLE");
  for (let i = 0; i < 3; i++) {
    await nextTurn();
    collect();
  }
  expect(room?.deref()?.byteLength).toBe(ROOM_BYTES);
});

zlibStreamSuite((settings) => new DirectStream(settings));
