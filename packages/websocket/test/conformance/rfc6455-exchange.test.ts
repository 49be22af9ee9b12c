/** RFC 6455 §6, §10.3, §10.4, §10.7: sending and receiving as a whole. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conversation, invalid, split } from "../../src/arbitraries/index.ts";
import { DEFAULT_LIMITS } from "../../src/index.ts";
import { resolveLimits } from "../../src/limits.ts";
import { feed, peerOf, plain, ROLES, receive, runs, side, wire } from "../support.ts";

const KEY = () => 0x3d21fa37;

describe.each(ROLES)("a %s", (role) => {
  const peer = peerOf(role);

  it("§6.1 a message MUST be framed with its type's opcode, and FIN at its end", () => {
    const { connection, sink } = side(role, { maskKey: KEY });
    const acts: ReadonlyArray<readonly [() => boolean, number]> = [
      [() => connection.text(""), 0x81],
      [() => connection.text("x".repeat(70_000)), 0x81],
      [() => connection.text("é"), 0x81],
      [() => connection.binary(new Uint8Array()), 0x82],
      [() => connection.binary(Buffer.alloc(70_000)), 0x82],
    ];
    for (const [act, byte0] of acts) {
      expect(act()).toBe(true);
      const sent = sink.flush();
      expect(sent[0]).toBe(byte0);
      expect(feed(peer, [sent]).events).toHaveLength(1);
    }
  });

  it("§6.1 the frames MUST be transmitted, in order", () => {
    fc.assert(
      fc.property(conversation(role), (exchange) => {
        const { connection, sink } = side(role);
        for (const event of exchange.events) {
          if (event.type === "text") connection.text(event.text);
          else if (event.type === "binary") connection.binary(event.bytes);
          else if (event.type === "ping") connection.ping(event.bytes);
          else if (event.type === "pong") connection.pong(event.bytes);
          else if (event.type === "close" && event.code === 1005) connection.close();
          else if (event.type === "close") connection.close(event.code, event.reason);
        }
        expect(feed(peer, [sink.flush()]).events).toEqual(exchange.events.map(plain));
      }),
      runs(300),
    );
  });

  it("§6.2 incoming data MUST be parsed as frames, however it is cut", () => {
    const cut = conversation(peer).chain((exchange) =>
      fc.tuple(fc.constant(exchange.events), split(exchange.bytes)),
    );
    fc.assert(
      fc.property(cut, ([events, pieces]) => {
        expect(feed(role, pieces).events).toEqual(events.map(plain));
      }),
      runs(300),
    );
  });

  it("§10.7 incoming data MUST always be validated", () => {
    fc.assert(
      fc.property(invalid(peer), ({ bytes, events, error, closeCode }) => {
        const received = feed(role, [bytes]);
        expect(received.events).toEqual([...events.map(plain), `error ${error}`]);
        expect(received.state).toBe("failed");
        expect(feed(peer, [received.sent]).events.at(-1)).toMatch(new RegExp(`^close ${closeCode} `));
      }),
      runs(300),
    );
  });

  it("§10.4 a flood of small things MUST be refused", () => {
    const message = (count: number, payload: Buffer) =>
      wire(peer, ...Array.from({ length: count }, (_, i) => ({ opcode: i ? 0 : 1, fin: false, payload })));
    const one = Buffer.from("x");
    const { emptyFragments } = DEFAULT_LIMITS;
    const limits = { messageBytes: 20_000 };
    const { fragments } = resolveLimits(limits);
    const empty = Buffer.alloc(0);
    expect(feed(role, [message(fragments, one)], { limits }).events).toEqual([]);
    expect(feed(role, [message(fragments + 1, one)], { limits }).events).toEqual([
      "error TOO_MANY_FRAGMENTS",
    ]);
    expect(feed(role, [message(emptyFragments, empty)]).events).toEqual([]);
    expect(feed(role, [message(emptyFragments + 1, empty)]).events).toEqual([
      "error TOO_MANY_EMPTY_FRAGMENTS",
    ]);
    const { sent } = feed(role, [message(emptyFragments + 1, empty)]);
    expect(feed(peer, [sent]).events).toEqual([expect.stringMatching(/^close 1008 /)]);
  });
});

it("§6.2 a server MUST remove the masking", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      (bytes, maskKey) => {
        const { events } = feed("server", [wire("client", { opcode: 2, maskKey, payload: bytes })]);
        expect(events).toEqual([`binary ${Buffer.from(bytes).toString("hex")}`]);
      },
    ),
    runs(300),
  );
});

it("§10.3 a frame of a client's MUST NOT change with the application's bytes", () => {
  for (const length of [10, 125, 1024, 1025, 5000, 70_000]) {
    const { connection, sink } = side("client");
    const bytes = Buffer.alloc(length, 1);
    connection.binary(bytes);
    connection.ping(bytes.subarray(0, 10));
    bytes.fill(2);
    const [message, ping] = receive(side("server").connection, sink.flush());
    expect(message?.type === "binary" && message.bytes.equals(Buffer.alloc(length, 1))).toBe(true);
    expect(ping?.type === "ping" && ping.bytes.equals(Buffer.alloc(10, 1))).toBe(true);
  }
});
