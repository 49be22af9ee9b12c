import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Backplane, fromUrl } from "@mantou/backplane";
import { nats } from "@mantou/backplane/nats";
import { valkey } from "@mantou/backplane/valkey";
import { freePort } from "@mantou/testing/free-port";
import { cert, key } from "@mantou/testing/tls";
import { turns } from "@mantou/testing/wait";
import { createClient } from "@redis/client";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commands } from "../../../packages/pubsub/test/support/commands.ts";
import { LiveCluster } from "../../../packages/pubsub/test/support/live-cluster.ts";
import { hasEngines } from "./support/engines.ts";
import { expectGuarantees, settle } from "./support/guarantees.ts";
import { Instance } from "./support/instance.ts";
import { RemoteInstance } from "./support/remote-instance.ts";
import { TcpProxy } from "./support/tcp-proxy.ts";
import { admin, kill, testEngines } from "./support/test-engines.ts";

const TOPICS = ["room", "ä 😀.*>\r\n", "x".repeat(3000)];
const SECRET = "s3cr3t-word";

const { cleanups, folder, start } = testEngines();

function instances(backplane: Backplane, count = 3): Instance[] {
  const all = Array.from({ length: count }, (_, i) => new Instance(`i${i}`, backplane));
  for (const instance of all) {
    cleanups.push(() => instance.close());
    for (const topic of TOPICS) instance.subscribe(topic);
  }
  return all;
}

async function up(all: readonly Instance[]): Promise<void> {
  for (const instance of all) await instance.until(() => instance.relay.state === "up");
}

/** Publishes from all instances, again and again, until the function that it returns is called. */
function publishing(all: readonly { publish(topic: string, count?: number): void }[]): () => void {
  const timer = setInterval(() => {
    for (const instance of all) for (const topic of TOPICS) instance.publish(topic, 3);
  }, 2);
  return () => clearInterval(timer);
}

/** Lets time pass for an instance, in steps: it has not slept. */
async function pass(instance: Instance, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    instance.ahead += 500;
    instance.relay.tick();
    await turn();
  }
}

const typesOf = ({ events }: Instance) => events.map(({ type }) => type);
const downs = ({ events }: Instance) =>
  events.flatMap((event) => (event.type === "down" ? [event.error.message] : []));

const KINDS = [
  {
    kind: "redis",
    name: "valkey()",
    make: (port: number) => valkey(`redis://127.0.0.1:${port}`),
    prefix: "redis",
  },
  { kind: "nats", name: "nats()", make: (port: number) => nats(`nats://127.0.0.1:${port}`), prefix: "nats" },
] as const;

describe.skipIf(!hasEngines()).each(KINDS)("$name", ({ kind, make }) => {
  test("the guarantees of plain topics hold, whatever breaks", async () => {
    let engine = await start(kind);
    const { port } = engine;
    let isStopped = false;
    const scripts = fc.sample(commands, {
      numRuns: 2,
      seed: 20_261_129,
    });
    for (const script of scripts) {
      const backplane = make(port);
      const cluster = new LiveCluster({
        engine: () => backplane.createEngine(),
        disconnect: (driver) => driver.reconnect(new Error("broken by the test")),
        stop: async () => {
          if (isStopped) return;
          isStopped = true;
          await kill(engine);
        },
        start: async () => {
          if (isStopped) engine = await start(kind, { port });
          isStopped = false;
        },
      });
      for (const each of script) await cluster.perform(each);
      await cluster.finish();
    }
  });

  test("nothing is lost, and nothing comes twice, where nothing fails; own messages stay here", async () => {
    const { port } = await start(kind);
    const all = instances(make(port));
    await up(all);
    for (let i = 0; i < 50; i++) {
      for (const instance of all) for (const topic of TOPICS) instance.publish(topic, 20, i);
      await turn();
    }
    await settle(all, TOPICS);
    expect(expectGuarantees(all, TOPICS)).toEqual({ lost: 0 });
    for (const { relay } of all) {
      expect(relay.metrics).toMatchObject({ duplicates: 0, holes: 0, refusedFrames: 0, dropped: 0 });
    }
  });

  test("an engine that is absent at the start, and killed later, and back: what waited goes out", async () => {
    const first = await start(kind);
    const { port } = first;
    await first.stop();
    const all = instances(make(port));
    for (const instance of all) await instance.until(() => typesOf(instance).includes("down"));
    expect(downs(all[0]!)[0]).toMatch(/^nothing listens at 127\.0\.0\.1:\d+: start the server, or mend the /);
    // Local delivery needs no engine.
    all[0]!.subscribe("alone");
    all[0]!.publish("alone", 5);
    await all[0]!.until(() => all[0]!.has("alone", "i0 5"));
    const engine = await start(kind, { port });
    await settle(all, TOPICS);

    const stop = publishing(all);
    await all[0]!.until(() => all[0]!.has(TOPICS[0]!, "i1 50"));
    await kill(engine);
    await all[0]!.until(() => all[0]!.relay.state === "down");
    const own = all[0]!.published.get(TOPICS[0]!)!;
    await all[0]!.until(() => all[0]!.has(TOPICS[0]!, `i0 ${own + 30}`));
    await start(kind, { port });
    await up(all);
    stop();
    await settle(all, TOPICS);
    expectGuarantees(all, TOPICS);
    for (const instance of all) {
      // Once for each outage, however many attempts have failed.
      expect(typesOf(instance).filter((type) => type === "down").length).toBeLessThanOrEqual(2);
      expect(instance.events).toContainEqual({ type: "gap", topic: null, count: null });
    }
  });

  test("a long absence: the queue stays within its bytes and seconds, and drops are told by count", async () => {
    const first = await start(kind);
    const { port } = first;
    const all = instances({ ...make(port), queue: { bytes: 100_000, seconds: 10 } }, 2);
    await settle(all, TOPICS);
    await kill(first);
    await all[0]!.until(() => all[0]!.relay.state === "down");
    const [publisher, other] = all as [Instance, Instance];
    for (let i = 0; i < 100; i++) {
      publisher.publish("room", 1, 5000);
      await turn();
      expect(publisher.relay.metrics.queueBytes).toBeLessThanOrEqual(100_000);
    }
    const dropped = (reason: string) =>
      publisher.events.reduce(
        (sum, event) => sum + (event.type === "dropped" && event.reason === reason ? event.messages : 0),
        0,
      );
    expect(dropped("full")).toBeGreaterThan(75);
    publisher.ahead += 11_000;
    // Messages from before, which the engine had no time to answer, may wait and be dropped, too.
    await publisher.until(() => dropped("old") + dropped("full") >= 100);
    await start(kind, { port });
    await settle(all, TOPICS);
    expect(expectGuarantees(all, TOPICS)).toEqual({ lost: 100 });
    expect(other.relay.metrics.missed).toBe(100);
  });

  test("a partition, in which no end sees an error, is noticed by silence", async () => {
    const { port } = await start(kind);
    const proxy = await TcpProxy.open(port);
    cleanups.push(() => proxy.close());
    const [cut] = instances(make(proxy.port), 1) as [Instance];
    const rest = [new Instance("i1", make(port)), new Instance("i2", make(port))];
    for (const instance of rest) {
      cleanups.push(() => instance.close());
      for (const topic of TOPICS) instance.subscribe(topic);
    }
    const all = [cut, ...rest];
    await up(all);
    await settle(all, TOPICS);
    const stop = publishing(all);
    await cut.until(() => cut.has("room", "i1 30"));
    proxy.hold();
    const own = cut.published.get("room")!;
    await cut.until(() => cut.has("room", `i0 ${own + 30}`));
    await pass(cut, 11_000);
    await cut.until(() => cut.relay.state === "down");
    expect(downs(cut).at(-1)).toBe("nothing came from the engine for 10 seconds");
    proxy.release();
    await up(all);
    stop();
    await settle(all, TOPICS);
    expectGuarantees(all, TOPICS);
    expect(typesOf(rest[0]!)).not.toContain("down");
  });
});

describe.skipIf(!hasEngines())("an instance that is stopped for a while", () => {
  test.each(["redis", "nats", "local"] as const)("gets everything when it goes on, over %s", async (kind) => {
    const url = kind === "local" ? `unix:${folder()}/s` : `${kind}://127.0.0.1:${(await start(kind)).port}`;
    // The first one is the hub of local().
    const rest = instances(fromUrl(url), 2);
    await up(rest);
    const stopped = new RemoteInstance("i2", url, TOPICS);
    cleanups.push(() => stopped.close());
    const all = [...rest, stopped];
    await settle(all, TOPICS);
    stopped.signal("SIGSTOP");
    const stop = publishing(rest);
    await rest[1]!.until(() => rest[1]!.has("room", "i0 300"));
    stopped.signal("SIGCONT");
    stop();
    await settle(all, TOPICS);
    expect(expectGuarantees(all, TOPICS)).toEqual({ lost: 0 });
    expect(stopped.events.map(({ type }) => type)).toEqual(["up"]);
  });
});

describe.skipIf(!hasEngines())("an instance that is killed while it publishes", () => {
  test.each([
    "redis",
    "nats",
    "local",
  ] as const)("loses its last messages, and no others, over %s", async (kind) => {
    const url = kind === "local" ? `unix:${folder()}/s` : `${kind}://127.0.0.1:${(await start(kind)).port}`;
    // The first one is the hub of local().
    const rest = instances(fromUrl(url), 2);
    await up(rest);
    const killed = new RemoteInstance("killed", url, TOPICS);
    cleanups.push(() => killed.close());
    await settle([...rest, killed], TOPICS);
    const stop = publishing([...rest, killed]);
    await rest[0]!.until(() => rest[0]!.has("room", "killed 60"));
    await killed.close();
    stop();
    await settle(rest, TOPICS);
    expect(expectGuarantees(rest, TOPICS)).toEqual({ lost: 0 });
    for (const { received } of rest) {
      for (const topic of TOPICS) {
        const numbers = received
          .get(topic)!
          .flatMap((message) => (message.startsWith("killed ") ? [Number(message.slice(7))] : []));
        expect(numbers.length).toBeGreaterThan(0);
        expect(numbers).toEqual(numbers.map((_, i) => i + 1));
      }
    }
  });
});

describe.skipIf(!hasEngines())("valkey()", () => {
  test("connections that the server kills are made again; a pause delays, and loses nothing", async () => {
    const { port } = await start("redis");
    const all = instances(valkey(`redis://127.0.0.1:${port}`));
    await up(all);
    let stop = publishing(all);
    for (let i = 0; i < 3; i++) {
      await admin(port, "CLIENT", "KILL", "TYPE", "pubsub");
      for (const instance of all)
        await instance.until(() => typesOf(instance).filter((type) => type === "down").length > i);
      await up(all);
    }
    // The check counts all that was published: nothing may be on its way.
    stop();
    await settle(all, TOPICS);
    expectGuarantees(all, TOPICS);
    stop = publishing(all);
    const before = all.map(({ events }) => events.length);
    await admin(port, "CLIENT", "PAUSE", "500", "ALL");
    await settle(all, TOPICS);
    stop();
    await settle(all, TOPICS);
    expectGuarantees(all, TOPICS);
    expect(all.map(({ events }) => events.length)).toEqual(before);
  });

  test("a replica takes over: what the primary had taken, and some instances had not got, is told by count", async () => {
    const primary = await start("redis");
    const replica = await start("redis");
    await admin(replica.port, "REPLICAOF", "127.0.0.1", String(primary.port));
    const [front, cut] = [await TcpProxy.open(primary.port), await TcpProxy.open(primary.port)];
    for (const proxy of [front, cut]) cleanups.push(() => proxy.close());
    const all = [front, front, cut].map(
      ({ port }, i) => new Instance(`i${i}`, valkey(`redis://127.0.0.1:${port}`)),
    );
    for (const instance of all) {
      cleanups.push(() => instance.close());
      for (const topic of TOPICS) instance.subscribe(topic);
    }
    const [publisher, witness, other] = all as [Instance, Instance, Instance];
    await settle(all, TOPICS);
    cut.hold();
    for (let i = 0; i < 2; i++) {
      publisher.publish("room", 10);
      // What the primary has not answered would be sent again. Answers come in order, so the first ten are answered here.
      await witness.until(() => witness.has("room", `i0 ${publisher.published.get("room")}`));
    }
    await kill(primary);
    await admin(replica.port, "REPLICAOF", "NO", "ONE");
    for (const proxy of [front, cut]) {
      proxy.target = replica.port;
      proxy.release();
    }
    await settle(all, TOPICS);
    expect(expectGuarantees(all, TOPICS).lost).toBeGreaterThanOrEqual(10);
    const counts = other.events.flatMap((event) =>
      event.type === "gap" && event.topic === "room" ? [event.count ?? 0] : [],
    );
    expect(counts.length).toBe(1);
    expect(counts[0]).toBeGreaterThanOrEqual(10);
  });

  test("a wrong password is an event with words and without the password; the right one helps at once", async () => {
    const { port } = await start("redis", { args: ["--requirepass", "right-one"] });
    const [instance] = instances(valkey(`redis://:${SECRET}@127.0.0.1:${port}`), 1) as [Instance];
    await instance.until(() => typesOf(instance).includes("down"));
    expect(downs(instance)[0]).toMatch(
      /^127\.0\.0\.1:\d+ refuses the login: mend the user and the password of valkey\(\) \(WRONGPASS /,
    );
    expect(JSON.stringify(instance.events, replacer)).not.toContain(SECRET);
    const client = createClient({ url: `redis://:right-one@127.0.0.1:${port}` });
    await client.connect();
    await client.sendCommand(["CONFIG", "SET", "requirepass", SECRET]);
    client.destroy();
    await up([instance]);
    expect(typesOf(instance)).toEqual(["down", "gap", "up"]);
  });

  test("a user without permissions, and a replica, are events that say what to do", async () => {
    const { port } = await start("redis");
    await admin(port, "ACL", "SETUSER", "deaf", "on", ">pass", "+@all", "-subscribe", "&*");
    await admin(
      port,
      "ACL",
      "SETUSER",
      "mute",
      "on",
      ">pass",
      "+hello",
      "+subscribe",
      "+unsubscribe",
      "+publish",
      "&mantou:i*",
    );
    const [deaf] = instances(valkey(`redis://deaf:pass@127.0.0.1:${port}`), 1) as [Instance];
    await deaf.until(() => typesOf(deaf).includes("down"));
    expect(downs(deaf)[0]).toMatch(
      /does not allow this user what valkey\(\) needs: \+subscribe \+unsubscribe \+publish \+hello/,
    );
    const mute = new Instance("mute", valkey(`redis://mute:pass@127.0.0.1:${port}`));
    cleanups.push(() => mute.close());
    await up([mute]);
    mute.publish("room", 3);
    await mute.until(() => typesOf(mute).includes("dropped"));
    expect(mute.events.find(({ type }) => type === "dropped")).toMatchObject({
      reason: "refused",
      messages: 3,
    });

    const other = await start("redis");
    await admin(other.port, "REPLICAOF", "127.0.0.1", String(port));
    const [instance] = instances(valkey(`redis://127.0.0.1:${other.port}`), 1) as [Instance];
    await instance.until(() => typesOf(instance).includes("down"));
    expect(downs(instance)[0]).toMatch(/it is a replica, .* give valkey\(\) the address of the primary$/);
    await admin(other.port, "REPLICAOF", "NO", "ONE");
    await up([instance]);
    // Demoted while it is connected: the next probe tells.
    await admin(other.port, "REPLICAOF", "127.0.0.1", String(port));
    instance.ahead += 5000;
    await instance.until(() => typesOf(instance).filter((type) => type === "down").length === 2);
  });

  test.each([
    ["in one command", "+eval", "4"],
    ["in a command each, where the user may run no scripts", "-eval", undefined],
  ])("the frames of a turn leave %s: in order, and what is refused is told alone", async (_how, may, scripts) => {
    const { port } = await start("redis");
    const rules = ["+@all", may, "resetchannels", "&mantou:i*", "&mantou:t:room*"];
    await admin(port, "ACL", "SETUSER", "u", "on", ">p", ...rules);
    const limited = new Instance("limited", valkey(`redis://u:p@127.0.0.1:${port}`));
    const free = new Instance("free", valkey(`redis://127.0.0.1:${port}`));
    for (const each of [limited, free]) cleanups.push(() => each.close());
    const topics = Array.from({ length: 350 }, (_, i) => (i % 100 === 99 ? `bad/${i}` : `room/${i}`));
    for (const topic of topics) free.subscribe(topic);
    await up([limited, free]);
    await admin(port, "CONFIG", "RESETSTAT");
    // The second time one frame is too long for a script: it leaves between two.
    for (const bytes of [0, 100_000]) {
      for (const topic of topics) limited.publish(topic, 1, topic === "room/120" ? bytes : 0);
      await turns(3);
    }
    const taken = topics.filter((topic) => topic.startsWith("room"));
    await free.until(() => taken.every((topic) => free.has(topic, "limited 2")));
    for (const topic of taken) expect(free.received.get(topic)).toEqual(["limited 1", "limited 2"]);
    const dropped = () => limited.events.flatMap((event) => (event.type === "dropped" ? [event] : []));
    await limited.until(() => dropped().length === 6);
    for (const event of dropped()) {
      expect(event).toMatchObject({ reason: "refused", messages: 1 });
      expect(String(event.error)).toMatch(/does not allow this user/);
    }
    const stats = String(await admin(port, "INFO", "commandstats"));
    expect(/cmdstat_eval:calls=(\d+),/.exec(stats)?.[1]).toBe(scripts);
  });
});

describe.skipIf(!hasEngines())("topics that an engine refuses", () => {
  /** Has 300 topics at once, gets all that are not refused, and then asks for one more. @returns what was refused */
  async function refused(limited: Backplane, free: Backplane, count: number): Promise<string[]> {
    const [instance, other] = [new Instance("limited", limited), new Instance("free", free)];
    for (const each of [instance, other]) cleanups.push(() => each.close());
    const topics = Array.from({ length: 300 }, (_, i) => (i % 100 === 99 ? `bad/${i}` : `room/${i}`));
    for (const topic of topics) instance.subscribe(topic);
    const told = () => instance.events.flatMap((event) => (event.type === "refused" ? [event.topic] : []));
    await up([instance, other]);
    await instance.until(() => told().length === count);
    for (const topic of topics) {
      instance.publish(topic);
      other.publish(topic);
    }
    const taken = topics.filter((topic) => !told().includes(topic));
    await instance.until(() => taken.every((topic) => instance.has(topic, "free 1")));
    instance.subscribe("bad/late");
    await instance.until(() => told().includes("bad/late"));
    expect(typesOf(instance)).not.toContain("down");
    return told();
  }

  const BAD = ["bad/99", "bad/199", "bad/299", "bad/late"];

  test("are told once each over valkey(), and all others go on", async () => {
    const { port } = await start("redis");
    await admin(
      port,
      "ACL",
      "SETUSER",
      "u",
      "on",
      ">p",
      "+@all",
      "resetchannels",
      "&mantou:i*",
      "&mantou:t:room*",
    );
    const url = `127.0.0.1:${port}`;
    expect(await refused(valkey(`redis://u:p@${url}`), valkey(`redis://${url}`), 3)).toEqual(BAD);
  });

  test("are told once each over nats(), by a permission and by a limit, and all others go on", async () => {
    const path = folder();
    const deny = join(path, "deny.conf");
    const subjects = JSON.stringify(BAD.map((topic) => `mantou.t:${topic}`));
    const permissions = `{ subscribe: { deny: ${subjects} }, publish: { deny: ${subjects} } }`;
    const users = `{ user: free, password: p }, { user: u, password: p, permissions: ${permissions} }`;
    writeFileSync(deny, `authorization { users: [${users}] }`);
    const server = await start("nats", { args: ["-c", deny] });
    const at = `127.0.0.1:${server.port}`;
    expect((await refused(nats(`nats://u:p@${at}`), nats(`nats://free:p@${at}`), 3)).sort()).toEqual(
      [...BAD].sort(),
    );

    const limit = join(path, "limit.conf");
    writeFileSync(limit, "max_subscriptions: 200");
    const small = nats(`nats://127.0.0.1:${(await start("nats", { args: ["-c", limit] })).port}`);
    // 198 topics, and the two control channels.
    expect(await refused(small, small, 102)).toHaveLength(103);
  });
});

describe.skipIf(!hasEngines())("TLS", () => {
  test("is spoken with certificates that are checked", async () => {
    const path = folder();
    const [certFile, keyFile] = [join(path, "cert.pem"), join(path, "key.pem")];
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
    const port = await freePort();
    const files = ["--tls-cert-file", certFile, "--tls-key-file", keyFile, "--tls-ca-cert-file", certFile];
    await start("redis", {
      port,
      args: ["--port", "0", "--tls-port", String(port), "--tls-auth-clients", "no", ...files],
    });
    const server = await start("nats", { args: ["--tls", "--tlscert", certFile, "--tlskey", keyFile] });
    const secure = [
      [valkey(`rediss://localhost:${port}`, { tls: { ca: cert } }), valkey(`rediss://127.0.0.1:${port}`)],
      [
        nats({ servers: `tls://localhost:${server.port}`, tls: { ca: cert } }),
        nats(`tls://localhost:${server.port}`),
      ],
    ] as const;
    for (const [good, bad] of secure) {
      await up(instances(good, 1));
      const [refused] = instances(bad, 1) as [Instance];
      await refused.until(() => typesOf(refused).includes("down"));
      expect(downs(refused)[0]).toMatch(
        /^the certificate of .* is not trusted: give .* \(self-signed certificate\)$/,
      );
    }
  });
});

describe.skipIf(!hasEngines())("nats()", () => {
  test("a wrong password is an event with words and without the password", async () => {
    const { port } = await start("nats", { args: ["--user", "a", "--pass", "right-one"] });
    const [instance] = instances(nats(`nats://a:${SECRET}@127.0.0.1:${port}`), 1) as [Instance];
    await instance.until(() => typesOf(instance).includes("down"));
    expect(downs(instance)[0]).toMatch(
      /^127\.0\.0\.1:\d+ refuses the login: mend the user, the password or the token of nats\(\) \(/,
    );
    expect(JSON.stringify(instance.events, replacer)).not.toContain(SECRET);
    const [good] = instances(nats({ servers: `127.0.0.1:${port}`, user: "a", pass: "right-one" }), 1) as [
      Instance,
    ];
    await up([good]);
  });

  test("messages up to the server's max_payload are carried, longer ones are dropped and told", async () => {
    const { port } = await start("nats");
    const all = instances(nats(`nats://127.0.0.1:${port}`), 2);
    await up(all);
    all[0]!.publish("room", 1, 1_000_000);
    all[0]!.publish("room", 1, 1_100_000);
    await settle(all, TOPICS);
    expect(expectGuarantees(all, TOPICS)).toEqual({ lost: 1 });
    expect(all[0]!.events).toContainEqual(
      expect.objectContaining({ type: "dropped", reason: "size", messages: 1 }),
    );
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Errors have their text and their cause in JSON, too. */
function replacer(_key: string, value: unknown): unknown {
  return value instanceof Error ? { message: value.message, stack: value.stack, cause: value.cause } : value;
}
