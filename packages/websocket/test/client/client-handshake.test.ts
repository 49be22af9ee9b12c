import { describe, expect, it } from "vitest";
import { parseAddress } from "../../src/client/address.ts";
import { type Agreement, ClientHandshake } from "../../src/client/client-handshake.ts";
import { ClientError } from "../../src/client/errors.ts";
import { resolveSettings, type WebSocketOptions } from "../../src/client/options.ts";
import { acceptOf } from "./support.ts";

function open(url = "ws://h/", options: WebSocketOptions = {}): ClientHandshake {
  return new ClientHandshake(parseAddress(url), resolveSettings(options));
}

function linesOf(handshake: ClientHandshake): string[] {
  return handshake.request.split("\r\n");
}

interface ResponseLines {
  readonly status?: string;
  readonly upgrade?: string;
  readonly connection?: string;
  readonly accept?: string;
  readonly more?: readonly string[];
}

/** The bytes of a response, valid but for `differences`. */
function responseTo(handshake: ClientHandshake, differences: ResponseLines = {}): Buffer {
  const {
    status = "101 Switching Protocols",
    upgrade = "Upgrade: websocket\r\n",
    connection = "Connection: Upgrade\r\n",
    accept = `Sec-WebSocket-Accept: ${acceptOf(handshake.request)}\r\n`,
    more = [],
  } = differences;
  const lines = more.map((line) => `${line}\r\n`).join("");
  return Buffer.from(`HTTP/1.1 ${status}\r\n${upgrade}${connection}${accept}${lines}\r\n`, "latin1");
}

/** The result of a response with `behind` in the same packet, in `pieces`, each in memory that is overwritten later. */
function receiveIn(
  handshake: ClientHandshake,
  pieces: readonly Buffer[],
): { found: Found; remaining: string } {
  let found: Agreement | ClientError | null = null;
  let remaining = "";
  for (const piece of pieces) {
    if (found !== null) {
      remaining += piece.toString("latin1");
      continue;
    }
    const lent = Buffer.from(piece);
    found = handshake.receive(lent);
    if (found !== null && !(found instanceof ClientError)) remaining = found.remaining.toString("latin1");
    lent.fill(0xee);
  }
  if (found === null) return { found: null, remaining };
  if (found instanceof ClientError) return { found: found.code, remaining: "" };
  return { found: `${found.protocol}|${found.extensions}`, remaining };
}

type Found = string | null;

/** The same, however the bytes are cut; the frames behind the response come out whole. */
function receiveEveryWay(
  url: string,
  options: WebSocketOptions,
  response: (handshake: ClientHandshake) => Buffer,
  behind = "",
): Found {
  const make = (): { handshake: ClientHandshake; bytes: Buffer } => {
    const handshake = open(url, options);
    return { handshake, bytes: Buffer.concat([response(handshake), Buffer.from(behind, "latin1")]) };
  };
  const first = make();
  const whole = receiveIn(first.handshake, [first.bytes]);
  const bytewise = make();
  expect(
    receiveIn(
      bytewise.handshake,
      [...bytewise.bytes].map((byte) => Buffer.of(byte)),
    ),
  ).toEqual(whole);
  for (let at = 1; at < first.bytes.length; at++) {
    const { handshake, bytes } = make();
    expect(receiveIn(handshake, [bytes.subarray(0, at), bytes.subarray(at)]), `cut at ${at}`).toEqual(whole);
  }
  if (whole.found?.includes("|")) expect(whole.remaining).toBe(behind);
  return whole.found;
}

describe("the request", () => {
  it("requests a WebSocket (RFC 6455 §4.1)", () => {
    const handshake = open("wss://example.org:8443/chat?room=1", { protocols: ["a", "b"] });
    const lines = linesOf(handshake);
    expect(lines[0]).toBe("GET /chat?room=1 HTTP/1.1");
    expect(lines).toContain("Host: example.org:8443");
    expect(lines).toContain("Sec-WebSocket-Protocol: a, b");
    expect(lines).toContain("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");
    expect(handshake.request.endsWith("\r\n\r\n")).toBe(true);
  });

  it("has a key of its own each time", () => {
    const keys = Array.from({ length: 20 }, () => linesOf(open()).find((line) => line.includes("Key")));
    expect(new Set(keys).size).toBe(20);
  });

  it("offers no extension without compression", () => {
    expect(open("ws://h/", { perMessageDeflate: false }).request).not.toContain("Extensions");
  });

  it("has the credentials of the URL and the application's fields, which win", () => {
    expect(linesOf(open("ws://a:b@h/"))).toContain("Authorization: Basic YTpi");
    const lines = linesOf(
      open("ws://a:b@h/", {
        headers: {
          authorization: "Bearer x",
          host: "other:1",
          "Cache-Control": "max-age=0",
          pragma: "x",
          "X-A": "ü",
        },
      }),
    );
    expect(lines.filter((line) => /^authorization/i.test(line))).toEqual(["authorization: Bearer x"]);
    expect(lines.filter((line) => /^host/i.test(line))).toEqual(["host: other:1"]);
    expect(lines.filter((line) => /^(cache-control|pragma)/i.test(line))).toEqual([
      "Cache-Control: max-age=0",
      "pragma: x",
    ]);
    expect(lines).toContain("X-A: ü");
  });

  it.each<WebSocketOptions>([
    { headers: { host: "a b" } },
    {
      headers: [
        ["host", "a"],
        ["host", "b"],
      ],
    },
  ])("is refused by a TypeError when HTTP cannot carry it: %j", (options) => {
    expect(() => open("ws://h/", options)).toThrow(TypeError);
  });
});

describe("the response", () => {
  it.each<[string, WebSocketOptions, ResponseLines, string]>([
    ["as RFC 6455 §4.2.2 has it", {}, {}, "|"],
    [
      "in other letters, with lists and white space",
      {},
      {
        upgrade: "UPGRADE:   WebSocket \r\n",
        connection: "connection: keep-alive, UPGRADE\r\n",
      },
      "|",
    ],
    ["with a reason of its own", {}, { status: "101 Dance" }, "|"],
    ["behind interim responses", {}, { status: "103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 101 " }, "|"],
    [
      "with the second of the subprotocols",
      { protocols: ["a", "b"] },
      { more: ["Sec-WebSocket-Protocol: b"] },
      "b|",
    ],
    [
      "with compression",
      {},
      {
        more: ["Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover"],
      },
      "|permessage-deflate; server_no_context_takeover",
    ],
    ["with unknown fields", {}, { more: ["X-A: 1", "X-A: 2"] }, "|"],
  ])("%s opens, and the bytes behind it are frames", (_name, options, differences, found) => {
    expect(
      receiveEveryWay("ws://h/", options, (handshake) => responseTo(handshake, differences), "\x81\x01a\x81"),
    ).toBe(found);
  });

  it.each<[string, WebSocketOptions, ResponseLines, string]>([
    ["status 200", {}, { status: "200 OK" }, "RESPONSE_REFUSED"],
    ["status 401", {}, { status: "401 Unauthorized" }, "RESPONSE_REFUSED"],
    ["status 301", {}, { status: "301 Moved", more: ["Location: /"] }, "RESPONSE_REFUSED"],
    ["no Upgrade", {}, { upgrade: "" }, "RESPONSE_INVALID"],
    ["another Upgrade", {}, { upgrade: "Upgrade: h2c\r\n" }, "RESPONSE_INVALID"],
    ["two Upgrades", {}, { more: ["Upgrade: websocket"] }, "RESPONSE_REFUSED"],
    ["no Connection", {}, { connection: "" }, "RESPONSE_INVALID"],
    ["another Connection", {}, { connection: "Connection: close\r\n" }, "RESPONSE_INVALID"],
    ["no Sec-WebSocket-Accept", {}, { accept: "" }, "RESPONSE_REFUSED"],
    [
      "a wrong Sec-WebSocket-Accept",
      {},
      { accept: `Sec-WebSocket-Accept: ${"A".repeat(27)}=\r\n` },
      "RESPONSE_REFUSED",
    ],
    ["a subprotocol without an offer", {}, { more: ["Sec-WebSocket-Protocol: a"] }, "RESPONSE_REFUSED"],
    [
      "a subprotocol that was not offered",
      { protocols: "a" },
      { more: ["Sec-WebSocket-Protocol: A"] },
      "RESPONSE_REFUSED",
    ],
    [
      "two subprotocols",
      { protocols: ["a", "b"] },
      { more: ["Sec-WebSocket-Protocol: a, b"] },
      "RESPONSE_REFUSED",
    ],
    ["none of the subprotocols", { protocols: "a" }, {}, "PROTOCOL_MISSING"],
    ["an empty subprotocol", { protocols: "a" }, { more: ["Sec-WebSocket-Protocol:"] }, "RESPONSE_REFUSED"],
    [
      "an extension that was not offered",
      {},
      { more: ["Sec-WebSocket-Extensions: mux"] },
      "RESPONSE_REFUSED",
    ],
    [
      "compression that was not offered",
      { perMessageDeflate: false },
      {
        more: ["Sec-WebSocket-Extensions: permessage-deflate"],
      },
      "RESPONSE_REFUSED",
    ],
    [
      "compression twice",
      {},
      {
        more: ["Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate"],
      },
      "EXTENSIONS_REFUSED",
    ],
    [
      "an unknown parameter",
      {},
      {
        more: ["Sec-WebSocket-Extensions: permessage-deflate; x=1"],
      },
      "EXTENSIONS_REFUSED",
    ],
    ["a field that is no field", {}, { more: ["X A: 1"] }, "RESPONSE_INVALID"],
    ["too many fields", {}, { more: Array<string>(200).fill("X: 1") }, "RESPONSE_INVALID"],
  ])("with %s fails", (_name, options, differences, code) => {
    expect(
      receiveEveryWay("ws://h/", options, (handshake) => responseTo(handshake, differences), "\x81\x01a"),
    ).toBe(code);
  });

  it.each([
    "SSH-2.0-OpenSSH_9.6\r\n",
    "\x15\x03\x01\x00\x02\x02\x16",
    "<html>",
    "HTTP/2 101\r\n\r\n",
  ])("that is not HTTP/1.1 fails: %j", (bytes) => {
    const handshake = open();
    const found = handshake.receive(Buffer.from(bytes, "latin1")) ?? handshake.receiveEnd();
    expect(found).toMatchObject({ code: "RESPONSE_INVALID" });
  });

  it("has a bounded head, and a bounded number of interim responses before it", () => {
    const big = open();
    expect(big.receive(Buffer.from(`HTTP/1.1 101 x\r\nX: ${"x".repeat(40_000)}`))).toMatchObject({
      code: "RESPONSE_INVALID",
      cause: expect.objectContaining({ code: "HEAD_TOO_LARGE" }),
    });
    const many = open();
    expect(many.receive(Buffer.from("HTTP/1.1 102 x\r\n\r\n".repeat(17)))).toMatchObject({
      code: "RESPONSE_INVALID",
      cause: expect.objectContaining({ code: "INTERIM_RESPONSES_TOO_MANY" }),
    });
  });

  it("that ends early fails, wherever it ends", () => {
    const { length } = responseTo(open());
    for (let end = 0; end < length; end++) {
      const handshake = open();
      expect(handshake.receive(responseTo(handshake).subarray(0, end))).toBeNull();
      expect(handshake.receiveEnd()).toMatchObject({ code: "RESPONSE_INVALID" });
    }
  });
});
