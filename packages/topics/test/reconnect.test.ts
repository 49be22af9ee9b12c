import { afterEach, describe, expect, it } from "vitest";
import { TopicSocket } from "../src/index.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { type FakeSocket, Network } from "./support/fake-socket.ts";
import { start, startOpen } from "./support/start.ts";

const globals = globalThis as Record<string, unknown>;

afterEach(() => {
  for (const name of ["location", "addEventListener", "removeEventListener"]) delete globals[name];
});

/** The wait of the last close. */
function waitOf(told: readonly string[]): number | null {
  return (JSON.parse(told.at(-1)!.slice("close ".length)) as { retry: number | null }).retry;
}

it("waits at random up to 2 s, then twice as long each time, up to 30 s", () => {
  const { network, clock, told } = start();
  const waits = Array.from({ length: 7 }, () => {
    network.last.end();
    const wait = waitOf(told)!;
    clock.advance(wait);
    return wait;
  });
  expect(waits).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  expect(network.sockets).toHaveLength(8);
});

it("a wait may be nothing, and no attempt begins before its end", () => {
  const random = [0, 0.25];
  const { network, clock } = start({}, () => random.shift()!);
  network.last.end();
  clock.advance(0);
  expect(network.sockets).toHaveLength(2);
  network.last.end();
  clock.advance(999);
  expect(network.sockets).toHaveLength(2);
  clock.advance(1);
  expect(network.sockets).toHaveLength(3);
});

it("a connection that lasted begins anew, one that was cut off at once does not", () => {
  const { network, clock, told } = start();
  const waits = [4999, 5000, 0].map((lasted) => {
    network.last.accept();
    clock.advance(lasted);
    network.last.end();
    clock.advance(waitOf(told)!);
    return waitOf(told);
  });
  expect(waits).toEqual([2000, 2000, 4000]);
});

it("a function without a URL is asked again, after a wait as behind any failed attempt", () => {
  const network = new Network();
  const clock = new FakeClock();
  const { WebSocket } = network;
  let asked = 0;
  const url = (): string => {
    asked++;
    if (asked === 2 || asked === 3) throw new Error("no token");
    return "ws://host/chat";
  };
  const client = new TopicSocket(url, { WebSocket, timers: clock, random: () => 1 });
  const told: unknown[] = [];
  client.on("close", (detail) => told.push(detail));
  network.last.end();
  clock.advance(2000 + 4000 + 8000);
  expect(told.slice(1)).toEqual([
    { code: 1006, reason: "Error: no token", retry: 4000 },
    { code: 1006, reason: "Error: no token", retry: 8000 },
  ]);
  expect([asked, network.sockets.length]).toEqual([4, 2]);
});

it.each([
  ["close", "gives a URL", 1, [null]],
  ["close", "throws", 1, [null]],
  ["reconnect", "gives a URL", 2, []],
  ["reconnect", "throws", 2, []],
] as const)("a function for the URL that calls %s() and %s makes no attempt", (call, end, attempts, waits) => {
  const network = new Network();
  const clock = new FakeClock();
  const { WebSocket } = network;
  let asked = 0;
  const url = (): string => {
    asked++;
    if (asked === 2) client[call]();
    if (asked === 2 && end === "throws") throw new Error("no token");
    return "ws://host/chat";
  };
  const client = new TopicSocket(url, { WebSocket, timers: clock, random: () => 1 });
  network.last.end();
  const told: (number | null)[] = [];
  client.on("close", ({ retry }) => told.push(retry));
  clock.advance(2000);
  expect(network.sockets).toHaveLength(attempts);
  clock.advance(60_000);
  expect(network.sockets).toHaveLength(attempts);
  expect(told).toEqual(waits);
});

it("gives up an attempt that takes 10 s", () => {
  const { network, clock } = start();
  clock.advance(9999);
  expect(network.last.state).toBe("connecting");
  clock.advance(1);
  expect(network.last.state).toBe("closing");
  network.last.end();
  clock.advance(2000);
  expect(network.sockets).toHaveLength(2);
  network.last.accept();
  clock.advance(60_000);
  expect(network.last.state).toBe("open");
});

it.each([
  ["retry=20", 20_000],
  ["retry=0", 0],
  ["retry=20 s", 2000],
  ["", 2000],
])("a server that restarts says how long its clients spread: %j", (reason, wait) => {
  const { network, told } = startOpen();
  network.last.end(1012, reason);
  expect(waitOf(told)).toBe(wait);
});

it("takes the word of 1012 alone", () => {
  const { network, told } = startOpen();
  network.last.end(1001, "retry=20");
  expect(waitOf(told)).toBe(2000);
});

it.each([1000, 1002, 1003, 1007, 1008, 1009, 1010, 4000, 4999])("%i ends it", (code) => {
  const { network, clock, told, client } = startOpen();
  network.last.end(code, "why");
  expect(told).toEqual([`close {"code":${code},"reason":"why","retry":null}`]);
  client.reconnect();
  clock.advance(60_000);
  client.close();
  expect(network.sockets).toHaveLength(1);
  expect(told).toHaveLength(1);
});

it.each([1001, 1005, 1006, 1011, 1012, 1013, 3000])("%i does not end it", (code) => {
  const { network, told } = startOpen();
  network.last.end(code);
  expect(waitOf(told)).toBe(2000);
});

it("reconnects at once if it is told to", () => {
  const { network, client, clock } = start();
  client.reconnect();
  expect(network.sockets).toHaveLength(1);
  network.last.end();
  client.reconnect();
  expect(network.sockets).toHaveLength(2);
  network.last.accept();
  clock.advance(60_000);
  expect(network.sockets).toHaveLength(2);
});

/** How a failed attempt ends with the global classes of Node.js, which may tell it once more when the next attempt has begun. */
const failures: [string, (socket: FakeSocket) => void][] = [
  ["an error event alone, as in Node.js 22", (socket) => socket.onerror()],
  [
    "an error and a close event, as in Node.js 24",
    (socket) => {
      socket.onerror();
      socket.onclose({ code: 1006, reason: "" });
    },
  ],
];

describe.each(failures)("a failed attempt with %s", (_, fail) => {
  it("is told once, and the next one follows", () => {
    const { network, clock, told, client } = start();
    const first = network.last;
    fail(first);
    fail(first);
    expect(told).toEqual(['close {"code":1006,"reason":"","retry":2000}']);
    clock.advance(2000);
    expect(network.sockets).toHaveLength(2);
    fail(first);
    network.last.accept();
    fail(first);
    expect(told.slice(1)).toEqual(["open"]);
    expect(client.isOpen).toBe(true);
    clock.advance(60_000);
    expect(network.sockets).toHaveLength(2);
  });

  it("is told once if it is given up after 10 s, within the call that closes it", () => {
    const { network, clock, told } = start();
    const first = network.last;
    first.close = () => fail(first);
    clock.advance(10_000);
    fail(first);
    expect(told).toEqual(['close {"code":1006,"reason":"","retry":2000}']);
    clock.advance(2000);
    expect(network.sockets).toHaveLength(2);
  });

  it("is told once if the page closes it, for good", () => {
    const { network, clock, told, client } = start();
    const first = network.last;
    first.close = () => fail(first);
    client.close();
    fail(first);
    expect(told).toEqual(['close {"code":1006,"reason":"","retry":null}']);
    expect(clock.waiting).toBe(0);
    client.reconnect();
    expect(network.sockets).toHaveLength(1);
  });
});

it("an error of an open connection leaves its close event to come", () => {
  const { network, told } = startOpen();
  network.last.onerror();
  expect(told).toEqual([]);
  network.last.end(1012, "retry=5");
  expect(waitOf(told)).toBe(5000);
});

it("stays open if the code to close with is refused", () => {
  const { network, client, told } = startOpen();
  network.last.close = () => {
    throw new DOMException("the code", "InvalidAccessError");
  };
  expect(() => client.close(1001)).toThrow("the code");
  expect([client.isOpen, client.send("x")]).toEqual([true, true]);
  network.last.end();
  expect(waitOf(told)).toBe(2000);
});

it("closes for good, connected or not", () => {
  const open = startOpen();
  open.client.close(4001, "bye");
  expect(open.client.isOpen).toBe(false);
  expect(open.client.send("x")).toBe(false);
  open.network.last.receive("d\nlate");
  open.network.last.end();
  expect(open.told).toEqual(['close {"code":4001,"reason":"bye","retry":null}']);

  const waiting = start();
  waiting.network.last.end();
  waiting.client.close();
  waiting.client.close();
  expect(waiting.told.slice(1)).toEqual(['close {"code":1000,"reason":"","retry":null}']);
  expect(waiting.clock.waiting).toBe(0);

  const connecting = start();
  connecting.client.close();
  connecting.network.last.end();
  expect(connecting.told).toEqual(['close {"code":1006,"reason":"","retry":null}']);
  expect(connecting.clock.waiting).toBe(0);
});

it("does not wait half a minute when the network is back", () => {
  const listeners = new Set<() => void>();
  globals["addEventListener"] = (event: string, listener: () => void) =>
    void (event === "online" && listeners.add(listener));
  globals["removeEventListener"] = (_: string, listener: () => void) => void listeners.delete(listener);
  const { network, clock, client } = start();
  for (let i = 0; i < 5; i++) {
    network.last.end();
    clock.advance(i < 4 ? 30_000 : 0);
  }
  for (const listener of listeners) listener();
  clock.advance(2000);
  expect(network.sockets).toHaveLength(6);
  // Connecting, or connected: nothing to do.
  for (const listener of listeners) listener();
  clock.advance(5000);
  expect(network.sockets).toHaveLength(6);
  client.close();
  network.last.end();
  expect(listeners.size).toBe(0);
});

it("takes addresses of each form, and asks a function before each attempt", () => {
  globals["location"] = { href: "https://site.example/room/page.html?x#y" };
  const network = new Network();
  const clock = new FakeClock();
  const { WebSocket } = network;
  let token = 0;
  for (const url of [
    "/chat",
    "chat?a=b",
    new URL("http://other:8080/x"),
    "wss://third/",
    () => `/c?t=${++token}`,
  ]) {
    new TopicSocket(url, { WebSocket, timers: clock, random: () => 0 });
  }
  network.last.end();
  clock.advance(0);
  expect(network.sockets.map(({ url }) => url)).toEqual([
    "wss://site.example/chat",
    "wss://site.example/room/chat?a=b",
    "ws://other:8080/x",
    "wss://third/",
    "wss://site.example/c?t=1",
    "wss://site.example/c?t=2",
  ]);
});

it("says what is missing", () => {
  const known = globals["WebSocket"];
  globals["WebSocket"] = undefined;
  expect(() => new TopicSocket("ws://host/")).toThrow(new TypeError("Pass the option WebSocket"));
  if (known === undefined) delete globals["WebSocket"];
  else globals["WebSocket"] = known;
  const { WebSocket } = new Network();
  expect(() => new TopicSocket("/chat", { WebSocket })).toThrow(TypeError);
});
