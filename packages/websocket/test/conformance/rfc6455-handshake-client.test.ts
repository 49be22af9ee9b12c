/** RFC 6455 §4.1: the request that a client must send, and the responses that it must refuse. */
import { describe, expect, it } from "vitest";
import { acceptHeaders, acceptKey, createKey, requestHeaders } from "../../src/index.ts";
import { ACCEPT, check, checkHandshake, type Fields, fieldsOf, KEY, namesOf } from "../handshake-support.ts";

/** Whether each of the changed responses is accepted. */
function accepted(...list: Fields[]): boolean[] {
  return list.map((changes) => checkHandshake(changes, { protocols: ["chat", "a"] }).ok);
}

function all(verdict: boolean, list: readonly unknown[]): boolean[] {
  return list.map(() => verdict);
}

describe("§4.1: the request", () => {
  it("§4.1 the request MUST have Upgrade with websocket, and Connection with Upgrade", () => {
    expect(fieldsOf(requestHeaders(KEY))).toMatchObject({ upgrade: "websocket", connection: "Upgrade" });
  });

  it("§4.1 the key MUST be 16 bytes in base64, selected randomly for each connection", () => {
    const keys = Array.from({ length: 1000 }, createKey);
    for (const key of keys) {
      expect(Buffer.from(key, "base64")).toHaveLength(16);
      expect(Buffer.from(key, "base64").toString("base64")).toBe(key);
    }
    expect(new Set(keys).size).toBe(1000);
    // Of 128,000 random bits 64,000 are set; 1,500 more or fewer are as likely as 1 in 10^16.
    const bits = keys.flatMap((key) => [...Buffer.from(key, "base64")].map((byte) => ones(byte)));
    expect(Math.abs(bits.reduce((sum, count) => sum + count, 0) - 64_000)).toBeLessThan(1500);
    expect(fieldsOf(requestHeaders(keys[0]!))).toHaveProperty("sec-websocket-key", keys[0]);
  });

  it("§4.1 the version MUST be 13", () => {
    expect(fieldsOf(requestHeaders(KEY))).toHaveProperty("sec-websocket-version", "13");
  });

  it("§4.1 subprotocols MUST be different tokens that are not empty", () => {
    expect(fieldsOf(requestHeaders(KEY, ["chat", "superchat"]))).toHaveProperty(
      "sec-websocket-protocol",
      "chat, superchat",
    );
    expect(fieldsOf(requestHeaders(KEY))).not.toHaveProperty("sec-websocket-protocol");
    for (const wrong of [[""], ["a", ""], ["a b"], ["a,b"], ['"a"'], ["a", "b", "a"], ["a\r\nb: c"], ["é"]]) {
      expect(() => requestHeaders(KEY, wrong), String(wrong)).toThrow(TypeError);
    }
  });

  it("§4.1 our server accepts our request, and each field is in it once", () => {
    const list = requestHeaders(createKey(), ["a", "b"]);
    const names = namesOf(list);
    expect(new Set(names).size).toBe(names.length);
    expect(check(fieldsOf(list))).toMatchObject({ ok: true, protocols: ["a", "b"] });
  });
});

describe("§4.1: the response", () => {
  it("§4.1 a response without Upgrade: websocket MUST fail the connection", () => {
    const wrong = [null, "", "h2c", "websocket, websocket", "websocket/13", "web socket", "websoc\u212aet"];
    expect(accepted(...wrong.map((upgrade) => ({ upgrade })))).toEqual(all(false, wrong));
    const right = ["websocket", "WebSocket", "WEBSOCKET", " websocket\t"];
    expect(accepted(...right.map((upgrade) => ({ upgrade })))).toEqual(all(true, right));
  });

  it("§4.1 a response whose Connection lacks upgrade MUST fail the connection", () => {
    const wrong = [null, "", "close", "upgraded", "up grade"];
    expect(accepted(...wrong.map((connection) => ({ connection })))).toEqual(all(false, wrong));
    const right = ["upgrade", "Upgrade", "keep-alive, UPGRADE"];
    expect(accepted(...right.map((connection) => ({ connection })))).toEqual(all(true, right));
  });

  it("§4.1 a response without the right Sec-WebSocket-Accept MUST fail the connection", () => {
    const wrong = [
      null,
      "",
      KEY,
      acceptKey(createKey()),
      ACCEPT.toLowerCase(),
      ACCEPT.slice(0, -1),
      `${ACCEPT}=`,
    ];
    const twice = `${ACCEPT}, ${ACCEPT}`;
    const responses = [...wrong, twice].map((accept) => ({ "sec-websocket-accept": accept }));
    expect(accepted(...responses)).toEqual(all(false, responses));
    expect(accepted({ "sec-websocket-accept": ` ${ACCEPT}\t ` })).toEqual([true]);
  });

  it("§4.1 a response with a subprotocol that was not offered MUST fail the connection", () => {
    const wrong = ["b", "Chat", "CHAT", "", "chat, a", "chat,", "constructor", "__proto__"];
    const responses = wrong.map((protocol) => ({ "sec-websocket-protocol": protocol }));
    expect(accepted(...responses)).toEqual(all(false, responses));
    expect(checkHandshake({ "sec-websocket-protocol": "chat" })).toMatchObject({ ok: false });
    for (const protocol of ["chat", "a"]) {
      const response = { "sec-websocket-protocol": protocol };
      expect(checkHandshake(response, { protocols: ["chat", "a"] })).toMatchObject({ ok: true, protocol });
    }
    expect(checkHandshake({}, { protocols: ["chat"] })).toMatchObject({ ok: true, protocol: null });
  });

  it("§4.1 a response that is not a server's handshake MUST fail the connection", () => {
    for (const status of [100, 102, 200, 204, 301, 400, 401, 426, 500]) {
      const message = `the status is ${status}, not 101`;
      expect(checkHandshake({}, {}, status)).toEqual({ ok: false, message });
    }
    expect(checkHandshake(fieldsOf(acceptHeaders(KEY)))).toEqual({
      ok: true,
      protocol: null,
      extensions: null,
    });
  });
});

function ones(byte: number): number {
  return byte.toString(2).replaceAll("0", "").length;
}
