import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conversation, invalid, split, wrongMask } from "../../src/arbitraries/index.ts";
import { DEFAULT_LIMITS } from "../../src/index.ts";
import { listen } from "../oracle.ts";
import { feed, peerOf, plain, ROLES, receive, runs, side } from "../support.ts";

const { messageBytes, emptyFragments } = DEFAULT_LIMITS;

describe.each(ROLES)("a %s", (role) => {
  const from = peerOf(role);
  const isServer = role === "server";

  it("receives 5,000 conversations with their meaning, wherever they are cut", () => {
    const cutConversation = conversation(from).chain((exchange) =>
      fc.tuple(fc.constant(exchange), split(exchange.bytes)),
    );
    fc.assert(
      fc.property(cutConversation, ([exchange, pieces]) => {
        const meant = exchange.events.map(plain);
        const whole = feed(role, [exchange.bytes]);
        expect(whole.events).toEqual(meant);
        const inPieces = feed(role, pieces);
        expect(inPieces.events).toEqual(meant);
        expect(inPieces.state).toBe(whole.state);
        expect(whole.state).toBe(exchange.events.at(-1)?.type === "close" ? "closed" : "open");
      }),
      runs(5000),
    );
  });

  it("refuses each kind of invalid input with its code, after hearing all that came before", () => {
    const wrong = fc.oneof(
      { weight: 15, arbitrary: invalid(from) },
      { weight: 1, arbitrary: wrongMask(from) },
    );
    const cutWrong = wrong.chain((input) => fc.tuple(fc.constant(input), split(input.bytes)));
    fc.assert(
      fc.property(cutWrong, ([input, pieces]) => {
        const expected = [...input.events.map(plain), `error ${input.error}`];
        const whole = feed(role, [input.bytes]);
        expect(whole.events).toEqual(expected);
        expect(whole.state).toBe("failed");
        const peerEvents = feed(isServer ? "client" : "server", [whole.sent]).events;
        expect(peerEvents.at(-1)).toMatch(new RegExp(`^close ${input.closeCode} `));
        expect(feed(role, pieces).events).toEqual(expected);
      }),
      runs(2500),
    );
  });

  it("agrees with the naive reading of the RFC on valid, invalid, damaged and truncated input", () => {
    const good = conversation(from).map(({ bytes }) => bytes);
    const bad = invalid(from).map(({ bytes }) => bytes);
    const short = fc.oneof(good, bad).filter((bytes) => bytes.length < 5000);
    const damage = fc.option(fc.record({ at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) }));
    fc.assert(
      fc.property(short, damage, fc.nat(), fc.boolean(), (bytes, hit, length, truncated) => {
        const input = Buffer.from(truncated ? bytes.subarray(0, length % (bytes.length + 1)) : bytes);
        if (hit !== null && input.length > 0) input[hit.at % input.length]! ^= 1 << hit.bit;
        expect(feed(role, [input]).events).toEqual(listen(isServer, input, messageBytes, emptyFragments));
      }),
      runs(4000),
    );
  });

  it("never throws, and agrees with itself, on any bytes", () => {
    const anything = fc.uint8Array({ maxLength: 200 });
    // Random bytes seldom get past the first two, so most runs begin with a plausible header.
    const plausible = fc
      .tuple(fc.constantFrom(0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8a), fc.nat(127), anything)
      .map(([byte0, byte1, rest]) => Uint8Array.of(byte0, isServer ? byte1 | 0x80 : byte1, ...rest));
    const noise = fc.oneof({ weight: 1, arbitrary: anything }, { weight: 4, arbitrary: plausible });
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 4 }), (list) => {
        const input = Buffer.concat(list);
        const whole = feed(role, [input]);
        expect(
          feed(
            role,
            [...input].map((byte) => Uint8Array.of(byte)),
          ).events,
        ).toEqual(whole.events);
        expect(whole.events).toEqual(listen(isServer, input, messageBytes, emptyFragments));
      }),
      runs(2000),
    );
  });

  it("sends messages that the other role receives", () => {
    fc.assert(
      fc.property(conversation(from), (exchange) => {
        const sender = side(from);
        for (const event of exchange.events) {
          if (event.type === "text") expect(sender.connection.text(event.text)).toBe(true);
          if (event.type === "binary") expect(sender.connection.binary(event.bytes)).toBe(true);
          if (event.type === "ping") expect(sender.connection.ping(event.bytes)).toBe(true);
          if (event.type === "pong") expect(sender.connection.pong(event.bytes)).toBe(true);
          if (event.type === "close" && event.code === 1005) expect(sender.connection.close()).toBe(true);
          else if (event.type === "close")
            expect(sender.connection.close(event.code, event.reason)).toBe(true);
        }
        const receiver = side(role);
        const received = receive(receiver.connection, sender.sink.flush());
        expect(received.map(plain)).toEqual(exchange.events.map(plain));
      }),
      runs(1000),
    );
  });
});
