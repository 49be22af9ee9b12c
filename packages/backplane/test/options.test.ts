import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fromUrl } from "../src/index.ts";
import { local } from "../src/local/index.ts";
import { nats } from "../src/nats/index.ts";
import { readOptions as readNats } from "../src/nats/options.ts";
import { channelPrefix } from "../src/options.ts";
import { valkey } from "../src/valkey/index.ts";
import { readOptions as readValkey } from "../src/valkey/options.ts";

const SECRET = "s3cret";

describe("options that are wrong", () => {
  const wrong: readonly [make: () => unknown, kind: typeof TypeError | typeof RangeError, text: string][] = [
    [
      () => local({ pfad: "/a", prefix: "a", bytes: 1 } as object),
      TypeError,
      "local(): there is no option pfad, bytes; there are path, prefix, queue",
    ],
    [() => local(7 as never), TypeError, "local() must be an object"],
    [() => local({ path: 7 } as object), TypeError, "local(): path must be a string, not number"],
    [() => local(""), TypeError, "local(): path must not be empty"],
    [() => local("/a\0b"), TypeError, "local(): path must not contain a null character"],
    [
      () => local(`/${"a".repeat(120)}`),
      RangeError,
      "local(): path is too long for a Unix socket by 18 bytes",
    ],
    [() => local({ prefix: "" }), TypeError, "local(): prefix must not be empty"],
    [() => local({ prefix: "\ud800" }), TypeError, "local(): prefix must be well-formed"],
    [
      () => local({ queue: { bites: 1 } as object }),
      TypeError,
      "local(): queue: there is no option bites; there are bytes, seconds",
    ],
    [
      () => local({ queue: { bytes: "1" } as object }),
      TypeError,
      "local(): queue.bytes must be a number, not string",
    ],
    [() => local({ queue: { seconds: -1 } }), RangeError, "local(): queue.seconds must be 0 or more"],
    [() => local({ queue: { seconds: Number.NaN } }), RangeError, "local(): queue.seconds must be 0 or more"],
    [
      () => readValkey(undefined as never, {}),
      TypeError,
      "valkey(): the URL must be a string, not undefined",
    ],
    [
      () => readValkey(`redis://a:${SECRET}@:99999`, {}),
      TypeError,
      "valkey(): the URL cannot be parsed; it is like redis://user:password@host:6379",
    ],
    [
      () => readValkey(`http://a:${SECRET}@b`, {}),
      TypeError,
      "valkey(): the URL begins with redis:, rediss:, valkey: or valkeys:, not http:",
    ],
    [
      () => readValkey("redis://a/b", {}),
      TypeError,
      "valkey(): the URL has no path but the number of a database",
    ],
    [
      () => readValkey("redis://%zz:b@a", {}),
      TypeError,
      "valkey(): the user and the password in the URL are percent-encoded, and these are not",
    ],
    [
      () => readValkey("redis://a", { tls: {} }),
      TypeError,
      "valkey(): tls needs a URL that begins with rediss: or valkeys:",
    ],
    [
      () => readValkey("redis://a", { password: 7 as never }),
      TypeError,
      "valkey(): password must be a string, not number",
    ],
    [
      () => readValkey("redis://a", { passwort: SECRET } as object),
      TypeError,
      "valkey(): there is no option passwort; there are prefix, queue, username, password, tls",
    ],
    [() => readNats({ servers: [] }), TypeError, "nats(): servers must not be empty"],
    [() => readNats({ servers: [7 as never] }), TypeError, "nats(): a server must be a URL, not number"],
    [
      () => readNats({ servers: `nats://a:${SECRET}@:99999` }),
      TypeError,
      "nats(): the URL of a server cannot be parsed; it is like nats://user:password@host:4222",
    ],
    [
      () => readNats({ servers: `http://a:${SECRET}@b` }),
      TypeError,
      "nats(): the URL of a server begins with nats: or tls:, not http:",
    ],
    [() => readNats({ tls: true as never }), TypeError, "nats(): tls must be an object"],
    [
      () => readNats({ reconnect: true } as object),
      TypeError,
      "nats(): there is no option reconnect; there are prefix, queue, servers, user, pass, token, tls",
    ],
    [() => fromUrl(7 as never), TypeError, "the URL of a backplane must be a string, not number"],
    [
      () => fromUrl("unix:a"),
      TypeError,
      "a backplane's unix: URL has an absolute path, such as unix:/run/app/bus.sock",
    ],
    [
      () => fromUrl("local:/run/bus.sock"),
      TypeError,
      "a backplane's local: URL has no path: unix:/path has one",
    ],
    [
      () => fromUrl(`kafka://a:${SECRET}@b`),
      TypeError,
      "a backplane's URL begins with redis:, rediss:, valkey:, valkeys:, nats:, tls: or unix:, or is local:; kafka: is none of them",
    ],
    [
      () => fromUrl(SECRET),
      TypeError,
      "a backplane's URL begins with redis:, rediss:, valkey:, valkeys:, nats:, tls: or unix:, or is local:",
    ],
  ];

  test.each(wrong)("%s", (make, kind, text) => {
    let error: unknown;
    try {
      make();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toBe(text);
    expect(text).not.toContain(SECRET);
  });
});

test("a URL has the login and the place of the server; options come before it", () => {
  const { where, host, port, username, password, tls } = readValkey("rediss://u%40:p%2F@[::1]:7000/2", {
    password: "q",
  });
  expect({ where, host, port, username, password, tls }).toEqual({
    where: "[::1]:7000",
    host: "::1",
    port: 7000,
    username: "u@",
    password: "q",
    tls: {},
  });
  expect(readValkey("valkeys://db.example", {})).toMatchObject({
    port: 6379,
    tls: { servername: "db.example" },
    prefix: "mantou",
    queue: {},
  });
  expect(readNats({}).login).toEqual({ servers: ["127.0.0.1:4222"] });
  expect(readNats({ servers: "nats://token@a" }).login).toEqual({ servers: ["a:4222"], token: "token" });
  expect(readNats({ servers: ["tls://u:p@a:1", "b:2"], pass: "q" }).login).toEqual({
    servers: ["a:1", "b:2"],
    user: "u",
    pass: "q",
    tls: {},
  });
});

test("a package that is not installed is an error with the command that installs it", () => {
  const code = "ERR_MODULE_NOT_FOUND";
  expect(() => valkey("redis://a")).toThrow(
    expect.objectContaining({
      code,
      message: "valkey() needs the package @redis/client. Install it: npm install @redis/client",
    }),
  );
  expect(() => fromUrl("valkey://a")).toThrow(expect.objectContaining({ code }));
  expect(() => nats("nats://a")).toThrow(
    expect.objectContaining({
      code,
      message:
        "nats() needs the package @nats-io/transport-node. Install it: npm install @nats-io/transport-node",
    }),
  );
  expect(() => fromUrl("nats://a")).toThrow(expect.objectContaining({ code }));
});

test("local() and unix: make an engine without a package", () => {
  const queue = { bytes: 1, seconds: 2 };
  for (const backplane of [
    local(),
    local({ queue }),
    fromUrl("local:", { queue }),
    fromUrl(`unix:${join(tmpdir(), "a.sock")}`, { prefix: "a", queue }),
    fromUrl(`unix://${join(tmpdir(), "a.sock")}`),
  ]) {
    expect(backplane.name).toBe("local");
    expect([{}, queue]).toContainEqual(backplane.queue);
    const host = { deliver: () => {}, schedule: () => {}, event: () => {}, memberCount: () => 0 };
    const instance = new Uint8Array(8);
    expect(backplane.createRelay({ host, instance, now: () => 0 }, "scope").state).toBe("down");
    expect(backplane.createEngine("scope").features.maxFrameBytes).toBeGreaterThan(16 * 1024 * 1024);
  }
});

test("channels of a scope are those of no other one, and of the prefix", () => {
  const begin = [undefined, "", "a", "a:t", "a%3At", "#2"].map((scope) => channelPrefix("chat", scope));
  expect(begin).toEqual(["chat:", "chat:@:", "chat:@a:", "chat:@a%3At:", "chat:@a%253At:", "chat:@#2:"]);
});
