import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DeflateCodecOptions, PerMessageDeflate } from "../src/deflate.ts";
import { acceptDeflate, agreeDeflate, type DeflateParams, offerDeflate } from "../src/deflate-negotiation.ts";
import { COMPRESSORS } from "./deflate-support.ts";
import { runs } from "./support.ts";

const PLAIN: DeflateParams = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
const NO_CONTEXT_TAKEOVER: DeflateParams = {
  ...PLAIN,
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
};
const dedicated: DeflateCodecOptions = { compress: "dedicated", decompress: "dedicated" };
const NO_LIMIT = Number.POSITIVE_INFINITY;
const text = Buffer.from("the dough has risen, the dough has risen");

function pair(
  params: DeflateParams,
  options: DeflateCodecOptions,
): Record<"server" | "client", PerMessageDeflate> {
  return {
    server: new PerMessageDeflate("server", params, options),
    client: new PerMessageDeflate("client", params, options),
  };
}

const encoded = (codec: PerMessageDeflate, message: Uint8Array): Buffer =>
  Buffer.from(codec.encode(message)!);

describe.each([
  ["server", "client"],
  ["client", "server"],
] as const)("what a %s compresses", (from, to) => {
  it("refers to the messages before it, if that was agreed", () => {
    const { [from]: sender, [to]: receiver } = pair(PLAIN, dedicated);
    const [first, second] = [encoded(sender, text), encoded(sender, text)];
    expect(second.length).toBeLessThan(first.length);
    expect(receiver.decode(first, NO_LIMIT)).toEqual(text);
    expect(receiver.decode(second, NO_LIMIT)).toEqual(text);
    // A receiver without the first message cannot read the second.
    expect(pair(PLAIN, dedicated)[to].decode(second, NO_LIMIT)).toBe("UNDECODABLE");
  });

  it.each([
    ["the parameters forbid it", NO_CONTEXT_TAKEOVER, dedicated],
    ["the compressor is shared", PLAIN, { compress: "shared", decompress: "dedicated" }],
  ] as const)("refers to nothing before it, if %s", (_why, params, options) => {
    const { [from]: sender, [to]: receiver } = pair(params, options);
    const [first, second] = [encoded(sender, text), encoded(sender, text)];
    expect(second).toEqual(first);
    for (const payload of [first, second]) expect(receiver.decode(payload, NO_LIMIT)).toEqual(text);
  });

  it("refers to nothing before it after forget", () => {
    const sender = pair(PLAIN, dedicated)[from];
    const first = encoded(sender, text);
    encoded(sender, text);
    sender.forget();
    expect(encoded(sender, text)).toEqual(first);
  });

  it("is nothing, where the compressor is disabled; it still decompresses", () => {
    const { [from]: off, [to]: on } = pair(NO_CONTEXT_TAKEOVER, {
      compress: "disable",
      decompress: "shared",
    });
    expect(off.encode(text)).toBeNull();
    expect(off.preparedWindowBits).toBe(0);
    expect(off.decode(encoded(pair(NO_CONTEXT_TAKEOVER, {})[to], text), NO_LIMIT)).toEqual(text);
    expect(on.encode(text)).toBeNull();
  });
});

it("a size without context takeover is the shared compressor's, as good as was agreed", () => {
  const message = Buffer.from(Array.from({ length: 4000 }, (_, i) => `${i % 700}`).join());
  const small = encoded(new PerMessageDeflate("server", NO_CONTEXT_TAKEOVER, { compress: "3KB" }), message);
  expect(small).toEqual(encoded(new PerMessageDeflate("server", NO_CONTEXT_TAKEOVER), message));
  const limited = new PerMessageDeflate(
    "server",
    { ...NO_CONTEXT_TAKEOVER, serverMaxWindowBits: 9 },
    { compress: "3KB" },
  );
  expect(limited.preparedWindowBits).toBe(9);
  expect(encoded(limited, message).length).toBeGreaterThan(small.length);
});

it("connections that share a stream do not disturb each other", () => {
  const [one, other] = [pair(NO_CONTEXT_TAKEOVER, {}), pair(NO_CONTEXT_TAKEOVER, {})];
  const a = encoded(one.server, text);
  expect(other.client.decode(Buffer.from("ffff", "hex"), NO_LIMIT)).toBe("UNDECODABLE");
  const b = encoded(other.server, Buffer.from("something else, something else"));
  expect(one.client.decode(a, NO_LIMIT)).toEqual(text);
  expect(other.client.decode(b, NO_LIMIT).toString()).toBe("something else, something else");
});

it("never compresses the empty message, nor those below the threshold", () => {
  const codec = new PerMessageDeflate("server", PLAIN, { ...dedicated, threshold: 40 });
  expect(codec.encode(Buffer.alloc(0))).toBeNull();
  expect(codec.encode(text.subarray(0, 39))).toBeNull();
  expect(codec.encode(text)).not.toBeNull();
  expect(new PerMessageDeflate("server", NO_CONTEXT_TAKEOVER).encode(Buffer.alloc(0))).toBeNull();
});

it("does not compress a message that would only grow, unless the receiver's window needs it", () => {
  const noise = randomBytes(500);
  expect(new PerMessageDeflate("server", NO_CONTEXT_TAKEOVER).encode(noise)).toBeNull();
  expect(new PerMessageDeflate("server", PLAIN, dedicated).encode(noise)).not.toBeNull();
});

it("reads a marked message without any payload as the empty one", () => {
  expect(new PerMessageDeflate("server", NO_CONTEXT_TAKEOVER).decode(Buffer.alloc(0), 0)).toEqual(
    Buffer.alloc(0),
  );
});

it("stops at the limit", () => {
  const { server, client } = pair(NO_CONTEXT_TAKEOVER, {});
  const bomb = encoded(client, Buffer.alloc(1_000_000));
  expect(bomb.length).toBeLessThan(5000);
  expect(server.decode(bomb, 999_999)).toBe("MESSAGE_TOO_BIG");
  expect(server.decode(bomb, 1_000_000)).toHaveLength(1_000_000);
});

it.each([-1, 10, 1.5, Number.NaN])("refuses the level %d", (level) => {
  expect(() => new PerMessageDeflate("server", PLAIN, { level })).toThrow(RangeError);
});

it.each(["level", "threshold"])("refuses a %s that is not a number", (name) => {
  for (const bad of ["3", true, null])
    expect(() => new PerMessageDeflate("server", PLAIN, { [name]: bad })).toThrow(TypeError);
});

it.each([-1, Number.NaN])("refuses the threshold %d", (threshold) => {
  expect(() => new PerMessageDeflate("server", PLAIN, { threshold })).toThrow(RangeError);
});

it("refuses a compressor that there is not", () => {
  expect(() => new PerMessageDeflate("server", PLAIN, { compress: "2KB" as "3KB" })).toThrow(TypeError);
});

describe("in the thread pool", () => {
  const big = Buffer.alloc(300_000, "the dough has risen ");

  it.each([
    ["with", PLAIN, dedicated],
    ["without", NO_CONTEXT_TAKEOVER, {}],
  ] as const)("gives the same result as synchronously, %s context", async (_name, params, options) => {
    const [atOnce, inPool] = [pair(params, options), pair(params, options)];
    for (const message of [text, big, text, big]) {
      const expected = Buffer.from(atOnce.server.encode(message)!);
      const payload = await new Promise<Uint8Array | null>((done) =>
        inPool.server.encodeInPool(message, done),
      );
      expect(Buffer.from(payload!).equals(expected)).toBe(true);
      const received = await new Promise((done) => inPool.client.decodeInPool(expected, NO_LIMIT, done));
      expect((received as Buffer).equals(message)).toBe(true);
    }
  });

  it("stops at the limit, refuses invalid DEFLATE, and does not compress below the threshold", async () => {
    const { server, client } = pair(NO_CONTEXT_TAKEOVER, {});
    const decoded = (payload: Buffer, limit: number) =>
      new Promise((done) => client.decodeInPool(payload, limit, done));
    expect(await decoded(encoded(server, big), big.length - 1)).toBe("MESSAGE_TOO_BIG");
    expect(await decoded(Buffer.alloc(100, 0xff), NO_LIMIT)).toBe("UNDECODABLE");
    const noise = randomBytes(100_000);
    expect(await new Promise((done) => server.encodeInPool(noise, done))).toBeNull();
    expect(await new Promise((done) => server.encodeInPool(Buffer.alloc(0), done))).toBeNull();
  });

  it("calls every callback, however many there are, also of codecs that are closed meanwhile", async () => {
    const results = Array.from({ length: 20 }, (_, i) => {
      const { server } = pair(PLAIN, dedicated);
      const result = new Promise<Uint8Array | null>((done) => server.encodeInPool(big, done));
      if (i % 3 === 0) server.close();
      return result;
    });
    const payloads = await Promise.all(results);
    expect(payloads.map((payload) => payload === null)).toEqual(payloads.map((_, i) => i % 3 === 0));
  });
});

it("any message comes through, by any parameters that two sides can agree on", () => {
  const compressor = fc.constantFrom(...COMPRESSORS.filter((name) => name !== "disable"));
  const options = fc.record({ compress: compressor, decompress: compressor });
  const message = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 200 }),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.integer({ min: 1, max: 700 }))
      .map(([part, times]) => Buffer.concat(Array<Uint8Array>(times).fill(part))),
  );
  const exchange = fc.array(fc.tuple(fc.boolean(), message), { maxLength: 8 });
  fc.assert(
    fc.property(options, options, exchange, (serverOptions, clientOptions, messages) => {
      const accepted = acceptDeflate(offerDeflate(clientOptions), serverOptions)!;
      const agreed = agreeDeflate(accepted.header, clientOptions);
      const server = new PerMessageDeflate("server", accepted.params, serverOptions);
      const client = new PerMessageDeflate(
        "client",
        (agreed as { params: DeflateParams }).params,
        clientOptions,
      );
      for (const [fromServer, bytes] of messages) {
        const [sender, receiver] = fromServer ? [server, client] : [client, server];
        const payload = sender.encode(bytes);
        if (payload === null) continue;
        const received = receiver.decode(Buffer.from(payload), bytes.length);
        expect(typeof received !== "string" && received.equals(bytes)).toBe(true);
      }
      server.close();
      client.close();
    }),
    runs(300),
  );
});
