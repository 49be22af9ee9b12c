import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { local, openHub } from "../../src/local/index.ts";
import { encodeChannels, encodeHello, encodeMessageHead, MESSAGE, SUBSCRIBE } from "../../src/local/wire.ts";
import { Member } from "../support/member.ts";
import { socketFolder } from "../support/socket-folder.ts";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function hubProcess(path: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("../support/hub-process.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, path], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout!, "data");
  return child;
}

/** Members of one path that are up; the first one is the hub. */
async function members(path: string, count: number): Promise<Member[]> {
  const all: Member[] = [];
  for (let i = 0; i < count; i++) {
    const member = new Member(local(path));
    await member.sees("up");
    all.push(member);
  }
  return all;
}

/** A connection to the hub that sends what it is told. */
async function stranger(path: string, ...parts: Uint8Array[]): Promise<Socket> {
  const socket = connect({ path });
  await once(socket, "connect");
  for (const part of parts) socket.write(part);
  return socket;
}

describe("the processes of one machine", () => {
  test("get each other's messages, in order, and not their own", async () => {
    const [hub, a, b] = await members(join(socketFolder(), "s"), 3);
    for (const member of [hub!, a!, b!]) await member.subscribe("t:room", `t:${"ä😀"}`);
    hub!.publish("t:room", "1", "2");
    a!.publish("t:room", "3");
    a!.publish("t:ä😀", "4");
    await b!.sees("t:ä😀: 4");
    await hub!.sees("t:ä😀: 4");
    await a!.sees("t:room: 2");
    await a!.sees("published 2");
    const got = (member: Member) => member.log.filter((line) => line.startsWith("t:"));
    expect(got(hub!)).toEqual(["t:room: 3", "t:ä😀: 4"]);
    expect(got(a!)).toEqual(["t:room: 1", "t:room: 2"]);
    expect(got(b!)).toEqual(expect.arrayContaining(["t:room: 1", "t:room: 2", "t:room: 3", "t:ä😀: 4"]));
    expect(got(b!).indexOf("t:room: 1")).toBeLessThan(got(b!).indexOf("t:room: 2"));
  });

  test("get their own messages of the control channels back, and nothing after they have unsubscribed", async () => {
    const [hub, a] = await members(join(socketFolder(), "s"), 2);
    for (const member of [hub!, a!]) {
      await member.subscribe("i", "i:00", "t:room");
      member.publish("i", "probe");
      member.publish("i:00", "answer");
      await member.sees("i: probe");
      await member.sees("i:00: answer");
      member.engine.unsubscribe(["t:room"]);
    }
    await a!.subscribe("t:other");
    hub!.publish("t:room", "late");
    hub!.publish("t:other", "last");
    await a!.sees("t:other: last");
    expect(a!.log).not.toContain("t:room: late");
  });

  test("are kept apart by prefix and by scope", async () => {
    const path = join(socketFolder(), "s");
    const backplanes = [local(path), local({ path, prefix: "other" })];
    const all = [
      new Member(backplanes[0]!),
      new Member(backplanes[0]!, "admin"),
      new Member(backplanes[1]!),
      new Member(backplanes[1]!, "admin"),
    ];
    for (const member of all) {
      await member.sees("up");
      await member.subscribe("t:room", "i");
    }
    for (const [i, member] of all.entries()) {
      member.publish("t:room", `from ${i}`);
      member.publish("i", "end");
    }
    for (const member of all) await member.sees("i: end");
    expect(all.flatMap(({ log }) => log.filter((line) => line.startsWith("t:")))).toEqual([]);
  });

  test("pass on a message of many megabytes, and very many channels at once", async () => {
    const [hub, a] = await members(join(socketFolder(), "s"), 2);
    const channels = Array.from({ length: 20_000 }, (_, i) => `t:${i}`);
    for (const member of [hub!, a!]) {
      member.engine.subscribe([...channels, "i"]);
      member.engine.flush();
      await member.until((line) => line.startsWith("subscribed ") && line.endsWith(" i"));
    }
    const big = "x".repeat(20 * 1024 * 1024);
    a!.publish("t:19999", big);
    await hub!.until((line) => line.length === "t:19999: ".length + big.length);
    await a!.sees("published 1");
  });
});

describe("the hub", () => {
  test("that closes gives its place to another one; the others come back", async () => {
    const [hub, a, b] = await members(join(socketFolder(), "s"), 3);
    await hub!.engine.close();
    for (const member of [a!, b!]) {
      const at = await member.sees("down");
      await member.sees("up", at);
      await member.subscribe("t:room");
    }
    a!.publish("t:room", "again");
    await b!.sees("t:room: again");
    expect(hub!.log).toEqual(["up"]);
  });

  test("that is killed gives its place to another one", async () => {
    const path = join(socketFolder(), "s");
    const hub = await hubProcess(path);
    const [a, b] = await members(path, 2);
    hub.kill("SIGKILL");
    for (const member of [a!, b!]) {
      const at = await member.sees("down");
      expect(member.errors[0]!.message).toMatch(`the connection to the hub at ${path} is broken: `);
      await member.sees("up", at);
      await member.subscribe("t:room");
    }
    b!.publish("t:room", "again");
    await a!.sees("t:room: again");
  });

  test("that is stopped is replaced, and becomes a client when it wakes", async () => {
    const path = join(socketFolder(), "s");
    const hub = await hubProcess(path);
    const [a] = await members(path, 1);
    hub.kill("SIGSTOP");
    // The relay has heard nothing for 10 seconds.
    a!.engine.reconnect(new Error("silent"));
    const at = await a!.sees("down");
    await a!.sees("up", at);
    const woken = once(hub.stdout!, "data");
    hub.kill("SIGCONT");
    await woken;
    a!.publish("i", "welcome");
    const [text] = await once(hub.stdout!, "data");
    expect(String(text)).toContain("welcome");
  });

  test("notices that its socket was removed, and is found again", async () => {
    const folder = socketFolder();
    const path = join(folder, "s");
    const [hub] = await members(path, 1);
    rmSync(path);
    const [late] = await members(path, 1);
    const at = await hub!.sees("down");
    expect(hub!.errors[0]!.message).toBe("another process has become the hub of this machine");
    await hub!.sees("up", at);
    await hub!.subscribe("t:room");
    late!.publish("t:room", "found");
    await hub!.sees("t:room: found");
  });

  test("has a socket for this user alone, and leaves nothing beside it", async () => {
    const folder = socketFolder();
    const before = process.umask(0);
    try {
      const [hub, late] = await members(join(folder, "s"), 2);
      expect(statSync(join(folder, "s")).mode & 0o777).toBe(0o600);
      expect(readdirSync(folder)).toEqual(["s"]);
      await late!.engine.close();
      await hub!.engine.close();
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      process.umask(before);
    }
  });

  test("drops a peer that sends bytes of another kind, and serves the others", async () => {
    const path = join(socketFolder(), "s");
    const [hub, a] = await members(path, 2);
    await hub!.subscribe("t:room");
    const bad: Uint8Array[][] = [
      [Buffer.from("GET / HTTP/1.1\r\n\r\n")],
      [Buffer.from([0, 0, 0, 0])],
      [Buffer.from([0xff, 0xff, 0xff, 0xff, 1])],
      // Before the greeting, or not a list of channels, or a kind that is none.
      [encodeChannels(SUBSCRIBE, ["t:room"])],
      [encodeHello(), Buffer.from([0, 0, 0, 6, SUBSCRIBE, 0, 0, 0, 9, 1])],
      [encodeHello(), Buffer.from([0, 0, 0, 4, MESSAGE, 0, 0, 0])],
      [encodeHello(), Buffer.from([0, 0, 0, 1, 99])],
      [encodeHello().fill(7, 11)],
    ];
    for (const parts of bad) {
      const socket = await stranger(path, ...parts);
      socket.resume();
      await once(socket, "close");
    }
    a!.publish("t:room", "fine");
    await hub!.sees("t:room: fine");
    expect(hub!.log.filter((line) => line === "down")).toEqual([]);
  });

  test("disconnects a peer that does not read, and holds a bounded amount for it", async () => {
    const path = join(socketFolder(), "s");
    const [hub] = await members(path, 1);
    const socket = await stranger(path, encodeHello(), encodeChannels(SUBSCRIBE, ["mantou:t:room"]));
    await once(socket, "readable");
    const closed = once(socket, "close");
    const frame = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < 40; i++) {
      hub!.engine.publish("t:room", frame);
      hub!.engine.flush();
      await turn();
    }
    await hub!.sees("published 40");
    // What had been written before is read to its end.
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => (bytes += chunk.length));
    await closed;
    expect(bytes).toBeLessThan(20 * 1024 * 1024);
    expect(hub!.log.filter((line) => line === "down")).toEqual([]);
  });

  test("of openHub has no topics of its own", async () => {
    const path = join(socketFolder(), "s");
    const hub = await openHub(path);
    const [a, b] = await members(path, 2);
    await b!.subscribe("t:room");
    a!.publish("t:room", "by the hub");
    await b!.sees("t:room: by the hub");
    await hub.close();
    await a!.sees("down");
  });

  test("of openHub comes when its folder is there", async () => {
    const folder = join(socketFolder(), "later");
    const errors: string[] = [];
    const opening = openHub(join(folder, "s"), ({ message }) => {
      if (errors.push(message) === 1) mkdirSync(folder);
    });
    await (await opening).close();
    expect(errors[0]).toMatch(/^the folder of .* is not there: make it, or give local\(\) another path$/);
  });

  test("of openHub is not waited for when its signal says so", async () => {
    const path = join(socketFolder(), "never", "s");
    const giveUp = new AbortController();
    const reason = new Error("enough");
    const opening = openHub(path, () => giveUp.abort(reason), giveUp.signal);
    await expect(opening).rejects.toBe(reason);
    await expect(openHub(path, undefined, giveUp.signal)).rejects.toBe(reason);
  });
});

describe("a path", () => {
  test("with the socket of a dead process is taken", async () => {
    const path = join(socketFolder(), "s");
    const hub = await hubProcess(path);
    hub.kill("SIGKILL");
    await once(hub, "exit");
    expect(statSync(path).isSocket()).toBe(true);
    const [a] = await members(path, 1);
    expect(a!.log).toEqual(["up"]);
  });

  test("that two processes take at once becomes that of one", async () => {
    const path = join(socketFolder(), "s");
    const all = Array.from({ length: 8 }, () => new Member(local(path)));
    for (const member of all) {
      await member.sees("up");
      await member.subscribe("t:room", "i");
    }
    all[0]!.publish("t:room", "one");
    for (const member of all.slice(1)) await member.sees("t:room: one");
  });

  test("with something else is left alone, and the error says so", async () => {
    const folder = socketFolder();
    const path = join(folder, "s");
    writeFileSync(path, "precious");
    const member = new Member(local(path));
    await member.sees("down");
    expect(member.errors[0]!.message).toBe(`${path} is there, and is no socket: local() needs another path`);
    expect(statSync(path).size).toBe(8);
  });

  test.runIf(process.getuid?.() === 0)("with another user's socket is an event", async () => {
    const path = join(socketFolder(), "s");
    const server = createServer().listen(path);
    await once(server, "listening");
    chownSync(path, 12_345, 12_345);
    const member = new Member(local(path));
    await member.sees("down");
    expect(member.errors[0]!.message).toBe(
      `the socket at ${path} is another user's: local() needs another path`,
    );
    server.close();
  });

  test("in a folder that is not there is an event, for ever and not more often than the delays say", async () => {
    const path = join(socketFolder(), "none", "s");
    const member = new Member(local(path));
    await member.sees("down");
    expect(member.errors[0]!.message).toBe(
      `the folder of ${path} is not there: make it, or give local() another path`,
    );
  });

  test("with a server of another kind, which holds connections open, is left by each attempt", async () => {
    const path = join(socketFolder(), "s");
    const ended: Promise<unknown>[] = [];
    const server = createServer((socket) => {
      ended.push(once(socket, "close"));
      socket.resume().write("\0\0\0\x05abcde");
    });
    server.listen(path);
    await once(server, "listening");
    try {
      const member = new Member(local(path));
      await member.sees("down", await member.sees("down"));
      expect(member.errors[0]!.message).toBe(
        `what listens at ${path} is no hub of ours: give local() another path`,
      );
      expect(ended.length).toBeGreaterThanOrEqual(2);
      await Promise.all(ended.slice(0, 2));
    } finally {
      server.close();
    }
  });

  test("with a server of another kind is an event", async () => {
    const path = join(socketFolder(), "s");
    const server = createServer((socket) => void socket.end("SSH-2.0-x\r\n\0\0\0\x05abcde"));
    server.listen(path);
    await once(server, "listening");
    try {
      const member = new Member(local(path));
      await member.sees("down");
      expect(member.errors[0]!.message).toMatch(
        /no hub of ours|bytes that are no frame|closed the connection/,
      );
      expect(member.errors[0]!.message).toContain(path);
    } finally {
      server.close();
    }
  });
});

test("a client drops a hub that sends bytes of another kind", async () => {
  const path = join(socketFolder(), "s");
  const server = createServer((socket) => {
    socket.write(encodeHello());
    setImmediate(() =>
      socket.write(
        Buffer.concat([encodeMessageHead(MESSAGE, "mantou:t:a", 0), Buffer.from([0, 0, 0, 1, 77])]),
      ),
    );
  });
  server.listen(path);
  await once(server, "listening");
  try {
    const member = new Member(local(path));
    await member.sees("down");
    expect(member.errors[0]!.message).toBe(
      `the connection to the hub at ${path} is broken: it sent bytes that are none of ours`,
    );
    await member.engine.close();
  } finally {
    server.close();
  }
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
