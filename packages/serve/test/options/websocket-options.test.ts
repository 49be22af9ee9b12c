import { DEFAULT_LIMITS } from "@mantou/websocket";
import { describe, expect, it } from "vitest";
import { resolveWebSocketOptions } from "../../src/options/websocket-options.ts";

const MIB = 1024 * 1024;

describe("resolveWebSocketOptions", () => {
  it("fills in Bun's documented defaults", () => {
    const handler = {};
    expect(resolveWebSocketOptions(handler)).toEqual({
      handler,
      limits: { ...DEFAULT_LIMITS, messageBytes: 16 * MIB, frameBytes: 16 * MIB },
      backpressureLimit: 16 * MIB,
      closeOnBackpressureLimit: false,
      idleTimeout: 120,
      sendPings: true,
      publishToSelf: false,
      serial: false,
      maxMessagesPerSecond: 0,
      origins: null,
      perMessageDeflate: null,
    });
  });

  it.each([
    [true, { compress: "shared", decompress: "shared" }],
    [{ compress: "3KB" }, { compress: "3KB" }],
    [
      { compress: false, decompress: true },
      { compress: false, decompress: true },
    ],
    [false, null],
    [null, null],
    [{}, null],
    [{ compress: "disable", decompress: false }, null],
  ])("makes of perMessageDeflate %o %o", (given, resolved) => {
    const { perMessageDeflate } = resolveWebSocketOptions({ perMessageDeflate: given });
    if (resolved === null) expect(perMessageDeflate).toBeNull();
    else expect(perMessageDeflate).toMatchObject(resolved);
  });

  it("takes what is given, and keeps the object itself, which is what its handlers have as `this`", () => {
    const given = {
      backpressureLimit: 5,
      closeOnBackpressureLimit: true,
      idleTimeout: 960,
      sendPings: false,
      publishToSelf: true,
      serial: true,
    };
    const handler = { ...given, message() {} };
    const resolved = resolveWebSocketOptions(handler);
    expect(resolved).toMatchObject(given);
    expect(resolved.handler).toBe(handler);
  });

  it.each([
    [{ idleTimeout: 0 }, { idleTimeout: 0 }],
    [{ idleTimeout: 1 }, { idleTimeout: 8 }],
    [{ idleTimeout: 7 }, { idleTimeout: 8 }],
    [{ idleTimeout: 9 }, { idleTimeout: 9 }],
    [{ backpressureLimit: 0 }, { backpressureLimit: Number.POSITIVE_INFINITY }],
    [{ backpressureLimit: 2 ** 40 }, { backpressureLimit: 2 ** 32 - 1 }],
    [{ maxPayloadLength: 0 }, { limits: { messageBytes: 0, frameBytes: 0 } }],
    [{ maxPayloadLength: 2 ** 40 }, { limits: { messageBytes: 2 ** 32 - 1, frameBytes: 2 ** 32 - 1 } }],
  ])("makes of %o %o", (given, resolved) => {
    expect(resolveWebSocketOptions(given)).toMatchObject(resolved);
  });

  it.each<[unknown, string]>([
    [undefined, "websocket"],
    [5, "websocket"],
    ["handlers", "websocket"],
    ...["open", "message", "close", "drain", "ping", "pong", "error"].map(
      (name) => [{ [name]: 5 }, name] satisfies [unknown, string],
    ),
    [{ idleTimeout: -1 }, "idleTimeout"],
    [{ idleTimeout: 961 }, "idleTimeout"],
    [{ idleTimeout: 1.5 }, "idleTimeout"],
    [{ idleTimeout: "5" }, "idleTimeout"],
    [{ maxPayloadLength: -1 }, "maxPayloadLength"],
    [{ maxPayloadLength: Number.NaN }, "maxPayloadLength"],
    [{ backpressureLimit: -1 }, "backpressureLimit"],
    [{ backpressureLimit: "1mb" }, "backpressureLimit"],
    [{ closeOnBackpressureLimit: 1 }, "closeOnBackpressureLimit"],
    [{ sendPings: 1 }, "sendPings"],
    [{ publishToSelf: "yes" }, "publishToSelf"],
    [{ serial: 1 }, "websocket.serial"],
    [{ perMessageDeflate: "yes" }, "perMessageDeflate"],
    [{ perMessageDeflate: 0 }, "perMessageDeflate"],
    [{ perMessageDeflate: { compress: "2KB" } }, "perMessageDeflate"],
    [{ perMessageDeflate: { decompress: 5 } }, "perMessageDeflate"],
  ])("refuses %o, naming %s", (given, name) => {
    const isNumber =
      typeof Object.values((given as object | undefined) ?? {})[0] === "number" && given !== "handlers";
    const isCount =
      isNumber && /idleTimeout|Payload|backpressureLimit/.test(name) && !name.startsWith("closeOn");
    expect(() => resolveWebSocketOptions(given)).toThrow(isCount ? RangeError : TypeError);
    expect(() => resolveWebSocketOptions(given)).toThrow(name);
  });
});
