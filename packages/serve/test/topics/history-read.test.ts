import { captureErrors } from "@mantou/testing/errors";
import { turns, until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { StoredMessage, Topics } from "../../src/api/topics.ts";
import { MemoryCluster } from "../support/cluster.ts";

const errors = captureErrors();

const TOPICS = { "room/*": { history: { size: 5, seconds: 60 } } };

async function topicsOf(count: number): Promise<{ readonly cluster: MemoryCluster; readonly all: Topics[] }> {
  const cluster = new MemoryCluster(10_000, TOPICS);
  const all: Topics[] = [];
  for (let i = 0; i < count; i++) all.push((await cluster.start()).server.topics);
  return { cluster, all };
}

const dataOf = (messages: readonly StoredMessage[]): unknown[] => messages.map(({ data }) => data);

describe("server.topics.publish", () => {
  it("has the position of a message when the engine has it", async () => {
    const { all } = await topicsOf(2);
    const [here, there] = all;
    const first = await here!.publish("room/1", "a");
    expect(JSON.parse(JSON.stringify(first))).toBe(first);
    // In the order of the calls, also of those that wait for nothing.
    const published = [here!.publish("room/1", "b"), here!.publish("room/1", new Uint8Array([1, 2]))];
    const blob = here!.publish("room/1", new Blob(["blob"]), { compress: false });
    const positions = [first, ...(await Promise.all([...published, blob]))];
    expect(positions.map((position) => position.split(".")[1])).toEqual(["1", "2", "3", "4"]);
    const { messages, position, complete } = await there!.history("room/1");
    expect(messages).toEqual([
      { data: "a", position: positions[0] },
      { data: "b", position: positions[1] },
      { data: new Uint8Array([1, 2]), position: positions[2] },
      { data: new Uint8Array([98, 108, 111, 98]), position: positions[3] },
    ]);
    expect([position, complete]).toEqual([positions[3], true]);
  });

  it("publishes a message with an id once, whichever instance is asked", async () => {
    const { all } = await topicsOf(2);
    const [here, there] = all;
    const heard: unknown[] = [];
    here!.subscribe("room/1", ({ data }) => void heard.push(data));
    await turns(10);
    const at = await here!.publish("room/1", "first", { id: "order 7" });
    expect(await there!.publish("room/1", "again", { id: "order 7" })).toBe(at);
    const both = ["x", "y"].map((text) => here!.publish("room/1", text, { id: "order 8" }));
    const [one, other] = await Promise.all(both);
    expect(one).toBe(other);
    const last = await there!.publish("room/1", "last");
    const { messages, position } = await there!.history("room/1", { after: at });
    expect(dataOf(messages)).toEqual(["x", "last"]);
    expect(position).toBe(last);
    // By its position, too, which is that of a message with another kind of identity.
    expect(dataOf((await here!.history("room/1", { after: one! })).messages)).toEqual(["last"]);
    await until(() => heard.length === 3, "three messages");
    expect(heard).toEqual(["first", "x", "last"]);
  });

  it("rejects with the reason why the engine does not have it, or may not", async () => {
    const { cluster, all } = await topicsOf(1);
    await expect(all[0]!.publish("room/1", "x".repeat(20_000))).rejects.toMatchObject({
      name: "BackplaneError",
      code: "size",
    });
    const near = await cluster.start({}, { bytes: 900 });
    cluster.bus.stop(new Error("away"));
    await until(() => near.server.topics.state === "down", "down");
    const waits = near.server.topics.publish("room/1", "waits".padEnd(250));
    await turns(2);
    const full = near.server.topics.publish("room/1", "fills".padEnd(250));
    await expect(waits).rejects.toMatchObject({ code: "full" });
    await expect(near.server.topics.history("room/1")).rejects.toMatchObject({
      code: "down",
      message: "the backplane cannot be reached: the history was not read",
    });
    cluster.bus.start();
    await expect(full).resolves.toMatch(/^[\w-]+\.1\./);
  });

  it("rejects what it cannot take", async () => {
    const { topics } = (await new MemoryCluster(undefined, TOPICS).start()).server;
    const publish = topics.publish.bind(topics) as (...all: unknown[]) => Promise<string>;
    await expect(publish("plain", "x")).rejects.toThrow(
      'topics.publish() needs a topic with a history: the option topics has none for "plain"',
    );
    await expect(publish("", "x")).rejects.toThrow(TypeError);
    await expect(publish("room/1", {})).rejects.toThrow(TypeError);
    await expect(publish("room/1", "x", { compress: 1 })).rejects.toThrow("compress must be a boolean");
    await expect(publish("room/1", "x", { compres: true })).rejects.toThrow('no option "compres"');
    await expect(publish("room/1", "x", 5)).rejects.toThrow(TypeError);
    for (const id of ["", 5]) await expect(publish("room/1", "x", { id })).rejects.toThrow("id must be a");
    expect((await topics.history("room/1")).messages).toEqual([]);
  });
});

describe("server.topics.history", () => {
  it("has what is behind a position, and the last messages without one", async () => {
    const { all } = await topicsOf(2);
    const [here, there] = all;
    const empty = await there!.history("room/1");
    expect(empty).toMatchObject({ messages: [], complete: true });
    expect(empty.position).toMatch(/^[\w-]+\.0\.$/);
    const at = await Promise.all(["a", "b", "c", "d"].map((text) => here!.publish("room/1", text)));
    for (const topics of all) {
      const behind = async (after: string | null, last?: number): Promise<unknown> => {
        const { messages, position, complete } = await topics.history("room/1", {
          after,
          ...(last !== undefined && { last }),
        });
        return [dataOf(messages), position === at[3], complete];
      };
      expect(await behind(null)).toEqual([["a", "b", "c", "d"], true, true]);
      expect(await behind(null, 2)).toEqual([["c", "d"], true, true]);
      expect(await behind(null, 0)).toEqual([[], true, true]);
      expect(await behind(null, 9)).toEqual([["a", "b", "c", "d"], true, true]);
      expect(await behind(empty.position)).toEqual([["a", "b", "c", "d"], true, true]);
      expect(await behind(at[1]!)).toEqual([["c", "d"], true, true]);
      // `last` is about what has no place to go on from.
      expect(await behind(at[1]!, 1)).toEqual([["c", "d"], true, true]);
      expect(await behind(at[3]!)).toEqual([[], true, true]);
      const [epoch] = at[0]!.split(".");
      for (const other of [
        "",
        "junk",
        `other.2.${at[1]!.split(".")[2]}`,
        `${epoch}.2.abcdef`,
        `${epoch}.9.abcdef`,
        `${epoch}.2.`,
        `${at[1]} `,
        "x".repeat(10_000),
      ]) {
        expect(await behind(other), other).toEqual([[], true, false]);
        expect(await behind(other, 1), other).toEqual([["d"], true, false]);
      }
    }
  });

  it("is a gap where messages are not kept any more", async () => {
    const { all } = await topicsOf(1);
    const [topics] = all;
    const at: string[] = [];
    for (let i = 0; i < 8; i++) at.push(await topics!.publish("room/1", String(i)));
    expect(dataOf((await topics!.history("room/1")).messages)).toEqual(["3", "4", "5", "6", "7"]);
    expect(await topics!.history("room/1", { after: at[0]! })).toMatchObject({
      messages: [],
      complete: false,
    });
    expect(await topics!.history("room/1", { after: at[3]! })).toMatchObject({ complete: true });
  });

  it("rejects what it cannot take", async () => {
    const { topics } = (await new MemoryCluster(undefined, TOPICS).start()).server;
    const history = topics.history.bind(topics) as (...all: unknown[]) => Promise<unknown>;
    await expect(history("plain")).rejects.toThrow(/^topics\.history\(\) needs a topic with a history/);
    await expect(history("room/1", { after: 5 })).rejects.toThrow(TypeError);
    await expect(history("room/1", { first: 5 })).rejects.toThrow('no option "first"; there are after, last');
    await expect(history("room/1", { last: "5" })).rejects.toThrow(TypeError);
    for (const last of [-1, 1.5, 10_001])
      await expect(history("room/1", { last })).rejects.toThrow(RangeError);
  });
});

describe("server.topics.subscribe", () => {
  it("calls a function with each message from then on, in the order that clients see", async () => {
    const { cluster, all } = await topicsOf(2);
    const [here, there] = all;
    await here!.publish("room/1", "before");
    const heard: StoredMessage[] = [];
    const off = there!.subscribe("room/1", (message) => void heard.push(message));
    there!.subscribe("room/1", () => {
      throw new Error("thrown");
    });
    await turns(10);
    const at = [await here!.publish("room/1", "a"), await there!.publish("room/1", new Uint8Array([7]))];
    await until(() => heard.length === 2, "two messages");
    expect(heard).toEqual([
      { data: "a", position: at[0] },
      { data: new Uint8Array([7]), position: at[1] },
    ]);
    off();
    off();
    expect(errors.places).toEqual(Array(2).fill("server.topics.subscribe()"));
    errors.reports.length = 0;
    await here!.publish("room/1", "b");
    await turns(10);
    expect(heard).toHaveLength(2);
    expect(errors.take()).toEqual(new Error("thrown"));
    expect(() => there!.subscribe("plain", () => {})).toThrow(TypeError);
    expect(() => there!.subscribe("room/1", undefined as never)).toThrow(TypeError);
    cluster.bus.stop(new Error("end"));
  });
});
