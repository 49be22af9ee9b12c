import { RedisClient, redis } from "@mantou/bun";
import { afterEach, describe, expect, it } from "vitest";

const URL_OF_NONE = "redis://127.0.0.1:1";

describe("RedisClient", () => {
  const saved = { ...process.env };
  afterEach(() => {
    for (const name of ["REDIS_URL", "VALKEY_URL"]) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  });

  it("connects when it is used, and names the command that installs the package, in a rejection", async () => {
    const client = new RedisClient(URL_OF_NONE);
    expect([client.connected, client.bufferedAmount, String(client)]).toEqual([
      false,
      0,
      "[object RedisClient]",
    ]);
    const missing = "Bun.RedisClient needs the package @redis/client. Install it: npm install @redis/client";
    await expect(client.get("key")).rejects.toThrow(missing);
    await expect(client.connect()).rejects.toThrow(missing);
    await expect(client.subscribe("channel", () => {})).rejects.toThrow(missing);
    await expect(redis.get("key")).rejects.toThrow(missing);
    expect(redis instanceof RedisClient).toBe(true);
  });

  it.each([
    ["http://127.0.0.1", "Expected url protocol to be one of redis, valkey, rediss, valkeys"],
    ["::", "Invalid URL format"],
    ["redis://127.0.0.1/abc", 'Invalid database number in Redis URL: "abc"'],
    ["redis://127.0.0.1/1.5", 'Invalid database number in Redis URL: "1.5"'],
    ["redis://127.0.0.1/3/4", 'Invalid database number in Redis URL: "3/4"'],
  ])("refuses the URL %s", (url, message) => {
    expect(() => new RedisClient(url)).toThrow(message);
    process.env["REDIS_URL"] = url;
    expect(() => new RedisClient()).toThrow(message);
  });

  it("refuses an option of another type", () => {
    expect(() => new RedisClient(URL_OF_NONE, { connectionTimeout: "1" as never })).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }),
    );
  });

  it("refuses arguments of another type at once, and names them", () => {
    const client = new RedisClient(URL_OF_NONE);
    const refusals: readonly (readonly [() => unknown, string])[] = [
      [() => client.get(), "Expected key to be a string or buffer for 'get'."],
      [
        () => client.set("key", null as never),
        "Expected value to be a string or buffer or number for 'set'.",
      ],
      [
        () => client.set("key", "value", {} as never),
        "Expected additional arguments to be a string or buffer for 'set'.",
      ],
      [() => client.del(["a"]), "Expected additional arguments to be a string or buffer for 'del'."],
      [() => client.expire("key", "5"), 'The "seconds" property must be of type number. Received string'],
      [() => client.hget("hash"), "Expected field to be a string or buffer for 'hget'."],
      [
        () => client.subscribe("channel", undefined as never),
        "Expected listener to be a function for 'subscribe'.",
      ],
      [
        () => client.subscribe(5 as never, () => {}),
        "Expected channel to be a string or array for 'subscribe'.",
      ],
    ];
    for (const [call, message] of refusals) {
      expect(call).toThrow(expect.objectContaining({ message, code: "ERR_INVALID_ARG_TYPE" }));
    }
    expect(() => client.hset("hash", "field")).toThrow(
      "HSET requires at least key, field, and value arguments",
    );
    expect(() => client.hmset("hash", ["field"])).toThrow("Array must have an even number of elements");
    expect(() => client.hmget("hash", [])).toThrow("HMGET requires at least one field");
    expect(() => client.send("PING", "x" as never)).toThrow("Arguments must be an array");
    const notThere = expect.objectContaining({ code: "ERR_NOT_IN_MANTOU" });
    expect(() => client.psubscribe()).toThrow(notThere);
    for (const command of ["SUBSCRIBE", "psubscribe", "SUnsubscribe"])
      expect(() => client.send(command, ["channel"])).toThrow(notThere);
  });
});
