/** RFC 6455 §5.1-§5.3: frames, their headers and their masks. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { feed, feedEveryWay, hex, peerOf, ROLES, receive, side, wire } from "../support.ts";

const bytesOf = (text: string) => Buffer.from(text);

/** Everything that a connection can send, each as one frame. */
function sendAll(role: "server" | "client", maskKey?: () => number): Buffer[] {
  const { connection, sink } = side(role, maskKey === undefined ? {} : { maskKey });
  const sent: Buffer[] = [];
  for (const act of [
    () => connection.text("text"),
    () => connection.text("x".repeat(5000)),
    () => connection.text("é".repeat(3000)),
    () => connection.binary(bytesOf("binary")),
    () => connection.binary(Buffer.alloc(70_000, 1)),
    () => connection.ping(bytesOf("ping")),
    () => connection.pong(),
    () => receive(connection, wire(peerOf(role), { opcode: 9, payload: bytesOf("pong") })),
    () => connection.close(1000, "enough"),
  ]) {
    act();
    sent.push(sink.flush());
  }
  return sent;
}

describe("§5.1: masking by role", () => {
  it("§5.1, §5.3 a client MUST mask every frame, with the mask bit set", () => {
    for (const frame of sendAll("client")) {
      expect(frame[1]! & 0x80).toBe(0x80);
      expect(feed("server", [frame]).events).toHaveLength(1);
      expect(feed("server", [frame]).events[0]).not.toMatch(/^error/);
    }
    // Also the Close frame of a failure.
    const { connection, sink } = side("client");
    receive(connection, hex("83 00"));
    expect(sink.flush()[1]! & 0x80).toBe(0x80);
  });

  it("§5.1 a server MUST NOT mask", () => {
    for (const frame of sendAll("server")) {
      expect(frame[1]! & 0x80).toBe(0);
      expect(feed("client", [frame]).events[0]).not.toMatch(/^error/);
    }
  });

  it.each(ROLES)("§5.1: a %s refuses every kind of frame that breaks the other role's rule", (role) => {
    for (const opcode of [1, 2, 8, 9, 10]) {
      const { events, state, sent } = feedEveryWay(role, wire(role, { opcode }));
      expect(events).toEqual([role === "server" ? "error MASK_MISSING" : "error MASK_FORBIDDEN"]);
      expect(state).toBe("failed");
      expect(feed(peerOf(role), [sent]).events[0]).toMatch(/^close 1002 /);
    }
  });

  it("§5.1 a frame masked by the other's rule MUST close the connection", () => {
    for (const role of ROLES) {
      const peer = peerOf(role);
      const right = wire(peer, { opcode: 1, fin: false, payload: bytesOf("a") });
      const wrong = wire(role, { opcode: 0, payload: bytesOf("b") });
      const { events, state } = feedEveryWay(role, Buffer.concat([right, wrong]));
      expect(events).toEqual([role === "server" ? "error MASK_MISSING" : "error MASK_FORBIDDEN"]);
      expect(state).toBe("failed");
    }
  });
});

describe.each(ROLES)("§5.2: a %s", (role) => {
  const peer = peerOf(role);
  const received = (...frames: Parameters<typeof wire>[1][]) =>
    feedEveryWay(role, wire(peer, ...frames)).events;

  it("§5.2 reserved bits MUST be 0 in sent frames", () => {
    for (const frame of sendAll(role)) expect(frame[0]! & 0x70).toBe(0);
  });

  it("§5.2 a reserved bit without meaning MUST fail the connection", () => {
    for (let rsv = 1; rsv < 8; rsv++) {
      for (const opcode of [1, 2, 8, 9, 10])
        expect(received({ opcode, rsv })).toEqual(["error RESERVED_BITS"]);
      expect(received({ opcode: 1, fin: false }, { opcode: 0, rsv })).toEqual(["error RESERVED_BITS"]);
    }
  });

  it("§5.2 an unknown opcode MUST fail the connection", () => {
    for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
      for (const fin of [true, false]) expect(received({ opcode, fin })).toEqual(["error RESERVED_OPCODE"]);
      const behind = received({ opcode: 1, payload: bytesOf("fine") }, { opcode });
      expect(behind).toEqual(['text "fine"', "error RESERVED_OPCODE"]);
    }
  });

  it("§5.2 the highest bit of a 64-bit length MUST be 0", () => {
    for (const announced of [1n << 63n, (1n << 63n) + 5n, (1n << 64n) - 1n]) {
      expect(received({ opcode: 2, announced })).toEqual(["error LENGTH_HIGH_BIT"]);
    }
    expect(received({ opcode: 2, announced: (1n << 63n) - 1n })).toEqual(["error FRAME_TOO_BIG"]);
    expect(received({ opcode: 2, announced: 1n << 53n })).toEqual(["error FRAME_TOO_BIG"]);
  });

  it("§5.2 a length MUST be in its shortest form, sent and received", () => {
    const lengths: ReadonlyArray<readonly [bigint, 16 | 64]> = [
      [0n, 16],
      [1n, 16],
      [125n, 16],
      [0n, 64],
      [125n, 64],
      [126n, 64],
      [65535n, 64],
    ];
    for (const [announced, lengthBits] of lengths) {
      expect(received({ opcode: 2, announced, lengthBits })).toEqual(["error LENGTH_NOT_MINIMAL"]);
    }
    for (const [length, bytes] of [
      [0, 0],
      [125, 0],
      [126, 2],
      [65535, 2],
      [65536, 8],
    ] as const) {
      for (const text of [true, false]) {
        const { connection, sink } = side(role);
        if (text) connection.text("x".repeat(length));
        else connection.binary(Buffer.alloc(length));
        expect(sink.flush()).toHaveLength(2 + bytes + (role === "client" ? 4 : 0) + length);
      }
    }
  });

  it.each(["8a", "02"])("§5.2: reads each length of a frame that begins with %s", (first) => {
    const longest = first === "8a" ? 125 : 300;
    for (let length = 0; length <= longest; length++) {
      const payload = Buffer.alloc(length, length);
      const frame = { opcode: Number.parseInt(first, 16) & 15, payload };
      const name = first === "8a" ? "pong" : "binary";
      expect(feed(role, [wire(peer, frame)]).events).toEqual([`${name} ${payload.toString("hex")}`]);
    }
  });
});

describe("§5.3: masking", () => {
  afterEach(() => vi.restoreAllMocks());

  it("§5.3, §10.3 each frame MUST have a fresh key, not to be predicted", () => {
    const { connection, sink } = side("client");
    const keys = new Set<string>();
    for (let i = 0; i < 3000; i++) {
      connection.text("");
      keys.add(sink.flush().toString("hex", 2, 6));
    }
    // Of 3,000 keys of 32 bits two are the same once in 950 runs, three pairs once in 10^10.
    expect(keys.size).toBeGreaterThan(2997);
  });

  it("§5.3 the keys are drawn from the platform's strong source", () => {
    const native = crypto.getRandomValues.bind(crypto);
    const drawn = new Set<number>();
    vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
      native(array);
      if (array instanceof Uint32Array) for (const key of array) drawn.add(key);
      return array;
    });
    const { connection, sink } = side("client");
    const keys = Array.from({ length: 2048 }, () => {
      connection.pong();
      return sink.flush().readUInt32LE(2);
    });
    // But for those that had been drawn before.
    expect(keys.filter((key) => drawn.has(key)).length).toBeGreaterThan(1000);
  });

  it("§5.3 masking is byte i XOR byte i mod 4 of the key, and leaves the length", () => {
    const key = hex("01 80 ff 00");
    for (const length of [1, 2, 3, 4, 5, 95, 96, 97, 1023, 1024, 1025, 70_000]) {
      const payload = Buffer.from(Array.from({ length }, (_, i) => (i * 7) & 255));
      const { connection, sink } = side("client", { maskKey: () => key.readUInt32LE(0) });
      connection.binary(payload);
      const frame = sink.flush();
      const body = frame.subarray(-length);
      expect(frame.subarray(-length - 4, -length)).toEqual(key);
      expect(body.every((byte, i) => byte === (payload[i]! ^ key[i % 4]!))).toBe(true);
      const { events } = feed("server", [frame]);
      expect(events[0] === `binary ${payload.toString("hex")}`).toBe(true);
    }
  });

  it("§5.3: a key of zeros is a key", () => {
    const payload = bytesOf("plain");
    const frame = wire("client", { opcode: 1, maskKey: hex("00 00 00 00"), payload });
    expect(feedEveryWay("server", frame).events).toEqual(['text "plain"']);
    const { connection, sink } = side("client", { maskKey: () => 0 });
    connection.text("plain");
    expect(sink.flush()).toEqual(frame);
  });
});
