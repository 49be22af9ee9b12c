import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Item, type Ready, SendQueue } from "../../src/client/send-queue.ts";
import { runs } from "../support.ts";
import { until } from "./support.ts";

function setUp(): { queue: SendQueue; sent: string[]; failed: unknown[] } {
  const sent: string[] = [];
  const failed: unknown[] = [];
  const queue = new SendQueue(
    (item) => sent.push(show(item)),
    (error) => failed.push(error),
  );
  return { queue, sent, failed };
}

function show(item: Ready): string {
  if (item.type === "close") return `close ${item.code}`;
  return `${item.type} ${typeof item.data === "string" ? item.data : Buffer.from(item.data).toString()}`;
}

const text = (data: string): Item => ({ type: "message", data });
const bytes = (data: string): Item => ({ type: "message", data: Uint8Array.from(Buffer.from(data)) });
const blob = (data: string): Item => ({ type: "message", data: new Blob([data]) });
const close: Item = { type: "close", code: 1000, reason: "" };

/** A Blob of a file that is gone cannot be read; no Blob in memory fails. */
class BrokenBlob extends Blob {
  override arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.reject(new Error("unreadable"));
  }
}

/** Its reading never ends. */
class EndlessBlob extends Blob {
  override arrayBuffer(): Promise<ArrayBuffer> {
    return new Promise(() => {});
  }
}

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

describe("SendQueue", () => {
  it("passes items on at once that need not be read", () => {
    const { queue, sent } = setUp();
    queue.push(text("a"));
    queue.push(bytes("b"));
    queue.push({ type: "ping", data: "c" });
    queue.push(close);
    expect(sent).toEqual(["message a", "message b", "ping c", "close 1000"]);
  });

  it("sends the waiting items in linear time: 400,000 by shift() would take longer than a test may", async () => {
    const { queue, sent } = setUp();
    queue.push(blob("first"));
    for (let i = 0; i < 400_000; i++) queue.push(text("x"));
    await until(() => sent.length > 0, "the Blob is read");
    expect(sent).toHaveLength(400_001);
  });

  it("keeps nothing that was sent, also if something always waits", async () => {
    let sent = 0;
    let collected = 0;
    const registry = new FinalizationRegistry(() => collected++);
    const queue = new SendQueue(
      () => {
        if (++sent < 500) push(blob("x"));
        else if (sent === 500) push({ type: "message", data: new EndlessBlob([]) });
      },
      () => {},
    );
    const push = (item: Item): void => {
      registry.register(item, null);
      queue.push(item);
    };
    push(blob("first"));
    push(blob("second"));
    await until(() => sent === 501, "all but the last are sent");
    await until(() => {
      collectGarbage();
      return collected > 300;
    }, "what was sent is collected");
  });

  it("keeps every order", async () => {
    const item = fc.oneof(
      fc.string({ maxLength: 3 }).map(text),
      fc.string({ maxLength: 3 }).map(bytes),
      fc.string({ maxLength: 3 }).map(blob),
    );
    const expected = async (one: Item): Promise<string> => {
      if (one.type === "close") return show(one);
      return show({ ...one, data: one.data instanceof Blob ? await one.data.text() : one.data });
    };
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 8 }), async (items) => {
        const { queue, sent } = setUp();
        for (const one of items) queue.push(one);
        queue.push(close);
        await until(() => sent.length === items.length + 1, "all sent");
        expect(sent).toEqual([...(await Promise.all(items.map(expected))), "close 1000"]);
      }),
      runs(50),
    );
  });

  it("copies bytes that have to wait", async () => {
    const { queue, sent } = setUp();
    const data = Uint8Array.from(Buffer.from("x"));
    queue.push(blob("slow"));
    queue.push({ type: "message", data });
    data.fill(0);
    await until(() => sent.length === 2, "both");
    expect(sent).toEqual(["message slow", "message x"]);
  });

  it("passes on at once again when nothing waits any more", async () => {
    const { queue, sent } = setUp();
    queue.push(blob("a"));
    await until(() => sent.length === 1, "the Blob");
    queue.push(text("b"));
    expect(sent).toEqual(["message a", "message b"]);
  });

  it("drops the waiting items when it is cleared, also the Blob that is being read", async () => {
    const { queue, sent, failed } = setUp();
    queue.push(blob("a"));
    queue.push(text("b"));
    queue.clear();
    queue.push(blob("c"));
    await until(() => sent.length === 1, "what came later");
    queue.push({ type: "message", data: new BrokenBlob(["d"]) });
    queue.clear();
    queue.push(blob("e"));
    await until(() => sent.length === 2, "what came later");
    expect([sent, failed]).toEqual([["message c", "message e"], []]);
  });

  it("reports a failed send of a Blob that was read, and sends nothing behind it", async () => {
    const failed: unknown[] = [];
    const sent: unknown[] = [];
    const queue = new SendQueue(
      (item) => {
        sent.push(item);
        if (item.type === "ping") throw new RangeError("too many bytes");
      },
      (error) => failed.push(error),
    );
    queue.push({ type: "ping", data: new Blob(["a"]) });
    queue.push(text("b"));
    await until(() => failed.length === 1, "an error");
    queue.push(blob("c"));
    queue.push({ type: "ping", data: "d" });
    queue.push(text("e"));
    await until(() => failed.length === 2, "another");
    expect([sent.length, failed]).toEqual([
      3,
      [new RangeError("too many bytes"), new RangeError("too many bytes")],
    ]);
  });

  it("reports that a Blob cannot be read, and sends nothing behind it", async () => {
    const { queue, sent, failed } = setUp();
    queue.push(blob("a"));
    queue.push({ type: "message", data: new BrokenBlob(["b"]) });
    queue.push(text("c"));
    await until(() => failed.length === 1, "the failure");
    expect(sent).toEqual(["message a"]);
    expect(failed).toEqual([new Error("unreadable")]);
  });
});
