import { createRequire, syncBuiltinESMExports } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import type { Connection, ConnectionEvents, ConnectionHistory } from "../src/connection.ts";
import { ReconnectingEngine } from "../src/reconnecting-engine.ts";

const timers = createRequire(import.meta.url)("node:timers") as typeof import("node:timers");

/** A connection that writes down what it is asked for. */
class Script implements Connection {
  readonly maxFrameBytes: number;
  readonly calls: string[] = [];
  readonly events: ConnectionEvents;
  readonly history: ConnectionHistory = {
    append: (request, channel, _frame, count, { size }, retry) => {
      this.calls.push(`append ${request} ${channel} ${count} ${size} ${retry}`);
    },
    read: (request, channel, from, limit, { size }) => {
      this.calls.push(`read ${request} ${channel} ${from} ${limit} ${size}`);
    },
    rotate: (channel, epoch) => void this.calls.push(`rotate ${channel} ${epoch}`),
  };
  /** It leaves when a test calls `left`. */
  isSlow = false;
  left: (() => void) | null = null;

  constructor(events: ConnectionEvents, maxFrameBytes = 7) {
    this.events = events;
    this.maxFrameBytes = maxFrameBytes;
  }

  subscribe(channels: readonly string[], isVital: boolean): void {
    this.calls.push(`subscribe ${channels.join(" ")}${isVital ? " first" : ""}`);
  }

  unsubscribe(channels: readonly string[]): void {
    this.calls.push(`unsubscribe ${channels.join(" ")}`);
  }

  publish(channel: string, _frame: Uint8Array, comesBack: boolean): void {
    this.calls.push(`publish ${channel} ${comesBack}`);
  }

  flush(): void {
    this.calls.push("flush");
  }

  leave(): Promise<void> {
    this.calls.push("leave");
    return this.isSlow ? new Promise((resolve) => (this.left = resolve)) : Promise.resolve();
  }
}

/** An engine whose attempts a test answers. */
function rig() {
  const attempts: {
    events: ConnectionEvents;
    resolve(connection: Connection): void;
    reject(error: Error): void;
  }[] = [];
  const connect = (events: ConnectionEvents) =>
    new Promise<Connection>((resolve, reject) => attempts.push({ events, resolve, reject }));
  const engine = new ReconnectingEngine(connect, "p:", 5);
  const log: string[] = [];
  engine.open({
    up: () => log.push("up"),
    down: (error) => log.push(`down ${error.message}`),
    subscribed: (channels) => log.push(`subscribed ${channels.join(" ")}`),
    denied: (channels, error) => log.push(`denied ${channels.join(" ")} ${error.message}`),
    message: (channel, frame) => log.push(`message ${channel} ${frame.length}`),
    published: (count) => log.push(`published ${count}`),
    refused: (count, error) => log.push(`refused ${count} ${error.message}`),
  });
  const attempt = async (n: number) => {
    while (attempts.length < n) await sleep(1);
    return attempts[n - 1]!;
  };
  const connected = async (n: number) => {
    const { events, resolve } = await attempt(n);
    const connection = new Script(events, n * 10);
    resolve(connection);
    await sleep(0);
    return connection;
  };
  return { engine, log, attempts, attempt, connected };
}

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

test("channels have the prefix on the way out, and not on the way in; control channels come back", async () => {
  const { engine, log, connected } = rig();
  expect(engine.features.maxFrameBytes).toBe(5);
  const connection = await connected(1);
  expect(engine.features.maxFrameBytes).toBe(10);
  engine.subscribe(["t:a"]);
  engine.subscribe(["i:ab", "i"]);
  engine.publish("t:i", new Uint8Array(1));
  engine.publish("i", new Uint8Array(1));
  engine.publish("i:ab", new Uint8Array(1));
  engine.unsubscribe(["t:a"]);
  engine.flush();
  expect(connection.calls).toEqual([
    "subscribe p:t:a",
    "subscribe p:i:ab p:i first",
    "publish p:t:i false",
    "publish p:i true",
    "publish p:i:ab true",
    "unsubscribe p:t:a",
    "flush",
  ]);
  connection.events.subscribed(["p:t:a", "p:i"]);
  connection.events.denied(["p:t:b", "p:t:c"], new Error("not these"));
  connection.events.message("p:t:a", new Uint8Array(3));
  connection.events.published(2);
  connection.events.refused(1, new Error("no"));
  expect(log).toEqual([
    "up",
    "subscribed t:a i",
    "denied t:b t:c not these",
    "message t:a 3",
    "published 2",
    "refused 1 no",
  ]);
  await engine.close();
});

test("attempts go on for ever; each failure is told, and nothing of an old connection after its end", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const { engine, log, attempt, connected } = rig();
  (await attempt(1)).reject(new Error("one"));
  (await attempt(2)).reject(new Error("two"));
  const first = await connected(3);
  first.events.lost(new Error("broken"));
  first.events.lost(new Error("again"));
  first.events.message("p:t:a", new Uint8Array(1));
  const second = await connected(4);
  first.events.subscribed(["p:t:a"]);
  first.events.lost(new Error("late"));
  expect(log).toEqual(["down one", "down two", "up", "down broken", "up"]);
  expect(engine.features.maxFrameBytes).toBe(40);
  engine.reconnect(new Error("silent"));
  second.events.message("p:t:a", new Uint8Array(1));
  // Not within the call.
  expect(log.at(-1)).toBe("up");
  expect(second.calls).toEqual(["leave"]);
  await attempt(5);
  expect(log.slice(5)).toEqual(["down silent"]);
  engine.reconnect(new Error("there is no connection"));
  await engine.close();
});

test("what is lost during the attempt makes it a failed one, once", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const { engine, log, attempt } = rig();
  const { events, resolve } = await attempt(1);
  events.lost(new Error("lost"));
  const connection = new Script(events);
  resolve(connection);
  await attempt(2);
  expect(log).toEqual(["down lost"]);
  expect(connection.calls).toEqual(["leave"]);
  await engine.close();
});

test("after close() nothing is told, nothing is tried, and a connection that comes late is left", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const early = rig();
  const { resolve, events } = await early.attempt(1);
  await early.engine.close();
  const late = new Script(events);
  resolve(late);
  await sleep(5);
  expect([late.calls, early.log, early.attempts.length]).toEqual([["leave"], [], 1]);

  const open = rig();
  const connection = await open.connected(1);
  await open.engine.close();
  connection.events.message("p:t:a", new Uint8Array(1));
  connection.events.lost(new Error("late"));
  open.engine.flush();
  open.engine.reconnect(new Error("late"));
  await sleep(5);
  expect([connection.calls, open.log, open.attempts.length]).toEqual([["leave"], ["up"], 1]);

  const failing = rig();
  (await failing.attempt(1)).reject(new Error("no"));
  await sleep(0);
  await failing.engine.close();
  await sleep(5);
  expect(failing.attempts.length).toBeLessThanOrEqual(2);
});

test("a connection that breaks at once counts as a failed attempt, and the delays grow", async () => {
  const delays: number[] = [];
  vi.spyOn(timers, "setTimeout").mockImplementation(((run: () => void, ms?: number) => {
    delays.push(ms ?? 0);
    setImmediate(run);
    return { unref: () => ({}) };
  }) as never);
  syncBuiltinESMExports();
  vi.spyOn(Math, "random").mockReturnValue(1);
  const now = vi.spyOn(performance, "now").mockReturnValue(0);
  const attempts: ConnectionEvents[] = [];
  const engine = new ReconnectingEngine(
    (events) => {
      attempts.push(events);
      return Promise.resolve(new Script(events));
    },
    "p:",
    1,
  );
  const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  engine.open({
    up() {},
    down() {},
    subscribed() {},
    denied() {},
    message() {},
    published() {},
    refused() {},
  });
  for (let i = 0; i < 4; i++) {
    await turn();
    attempts.at(-1)!.lost(new Error("flapping"));
  }
  await turn();
  now.mockReturnValue(5000);
  attempts.at(-1)!.lost(new Error("after a while"));
  await turn();
  attempts.at(-1)!.lost(new Error("flapping"));
  await turn();
  now.mockReturnValue(15_000);
  engine.reconnect(new Error("silent"));
  await turn();
  await turn();
  expect(delays).toEqual([50, 100, 200, 400, 50, 100, 50]);
  await engine.close();
});

test("histories have the prefix, too; nothing of an old connection is told, and appends are answered until the engine is closed", async () => {
  const { engine, connected } = rig();
  const log: string[] = [];
  const history = engine.history;
  history.listen({
    message: (channel, frame, { offset }) => void log.push(`message ${channel} ${frame.length} ${offset}`),
    appended: (request, { offset }, duplicate) => void log.push(`appended ${request} ${offset} ${duplicate}`),
    slice: (request, { top }) => void log.push(`slice ${request} ${top}`),
    failed: (request, { message }, ambiguous) => void log.push(`failed ${request} ${message} ${ambiguous}`),
  });
  const rule = { size: 9, seconds: 1 };
  history.append(1, "ht:a", new Uint8Array(1), 2, rule, false);
  const first = await connected(1);
  history.append(2, "ht:a", new Uint8Array(1), 2, rule, true);
  history.read(3, "ht:a", 4, 5, rule);
  history.rotate("ht:a", "e");
  expect(first.calls).toEqual(["append 2 p:ht:a 2 9 true", "read 3 p:ht:a 4 5 9", "rotate p:ht:a e"]);
  const tell = ({ events }: Script, number: number) => {
    events.history.message("p:ht:a", new Uint8Array(3), { epoch: "e", offset: number, previous: 0 });
    events.history.appended(number, { epoch: "e", offset: 1 }, true);
    events.history.slice(number, { epoch: "e", top: 1, topHead: null, frames: [] });
    events.history.failed(number, new Error("full"), false);
  };
  tell(first, 1);
  const told = ["message ht:a 3 1", "appended 1 1 true", "slice 1 1", "failed 1 full false"];
  expect(log).toEqual(told);
  engine.reconnect(new Error("silent"));
  tell(first, 2);
  const second = await connected(2);
  tell(first, 3);
  expect(log).toEqual(told);
  second.isSlow = true;
  const closed = engine.close();
  tell(second, 4);
  expect(log.slice(4)).toEqual(["appended 4 1 true"]);
  second.left!();
  await closed;
  tell(second, 5);
  expect(log.slice(4)).toEqual(["appended 4 1 true"]);
});
