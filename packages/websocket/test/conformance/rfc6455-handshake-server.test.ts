/** RFC 6455 §4.2, §9.1, §11.3: the requests that a server must refuse, and its response to others. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptHeaders, acceptKey, chooseProtocol, createKey } from "../../src/index.ts";
import { check, type Fields, fieldsOf, KEY, namesOf } from "../handshake-support.ts";
import { runs } from "../support.ts";

/** The status of the response to a request with each of `list` changed. */
function statuses(...list: Fields[]): unknown[] {
  return list.map((changes) => {
    const checked = check(changes);
    return checked.ok ? 101 : checked.status;
  });
}

describe("§4.2.1: reading the client's opening handshake", () => {
  it("§4.2.1 (1) anything but a GET of HTTP/1.1 MUST be refused with an error", () => {
    expect(check()).toMatchObject({ ok: true });
    for (const method of ["POST", "HEAD", "OPTIONS", "get", ""]) {
      expect(check({}, { method })).toMatchObject({ ok: false, status: 405 });
    }
    expect(check({}, { versionMinor: 0 })).toMatchObject({ ok: false, status: 400 });
    expect(check({}, { versionMinor: 2 })).toMatchObject({ ok: true });
  });

  it("§4.2.1 (2) a request without Host MUST be refused with an error", () => {
    expect(statuses({ host: null }, { host: "" })).toEqual([400, 101]);
  });

  it("§4.2.1 (3) a request without Upgrade: websocket MUST be refused with an error", () => {
    const wrong = [null, "", "h2c", "websockets", "web socket", "websocket;q=1", '"websocket"'];
    expect(statuses(...wrong.map((upgrade) => ({ upgrade })))).toEqual(wrong.map(() => 426));
    const right = ["websocket", "WebSocket", "WEBSOCKET", "h2c, websocket", ",websocket\t,"];
    expect(statuses(...right.map((upgrade) => ({ upgrade })))).toEqual(right.map(() => 101));
  });

  it("§4.2.1 (4) a request whose Connection lacks upgrade MUST be refused with an error", () => {
    const wrong = [null, "", "close", "keep-alive", "upgraded", "up grade", '"upgrade"'];
    expect(statuses(...wrong.map((connection) => ({ connection })))).toEqual(wrong.map(() => 400));
    const right = ["upgrade", "Upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade ,close"];
    expect(statuses(...right.map((connection) => ({ connection })))).toEqual(right.map(() => 101));
  });

  it("§4.2.1 (5) a key that is not 16 bytes in base64 MUST be refused with an error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const key = Buffer.from(bytes).toString("base64");
        expect(statuses({ "sec-websocket-key": key })).toEqual([bytes.length === 16 ? 101 : 400]);
      }),
      runs(300),
    );
    const wrong = [null, KEY.slice(0, -1), `${KEY}=`, KEY.replace("=", " "), ` ${KEY} x`, "=".repeat(24)];
    expect(statuses(...wrong.map((key) => ({ "sec-websocket-key": key })))).toEqual(wrong.map(() => 400));
  });

  it("§4.2.1 (6) a version other than 13 MUST be refused with an error", () => {
    const wrong = [null, "", "0", "7", "8", "12", "14", "25", "013", "+13", "13.0", "1 3", "0x0d", "13 8"];
    const versions = wrong.map((version) => ({ "sec-websocket-version": version }));
    expect(statuses(...versions)).toEqual(wrong.map(() => 426));
  });

  it("§4.2.1 (8) subprotocols that break the grammar MUST be refused with an error", () => {
    const wrong = ["", ",", "a b", "a, b c", '"a"', "a;b", "a/b", "a=b", "é", "a\u0000", "a, a", "a,b, a"];
    const lists = wrong.map((list) => ({ "sec-websocket-protocol": list }));
    expect(statuses(...lists)).toEqual(wrong.map(() => 400));
    // Tokens are case-sensitive, since no rule ignores their case.
    expect(check({ "sec-websocket-protocol": "a ,A,, v1.b" })).toMatchObject({
      protocols: ["a", "A", "v1.b"],
    });
  });

  it("§4.2.1 (10) unknown fields are ignored", () => {
    expect(statuses({ cookie: "a=b", origin: "null", "sec-websocket-accept": "?" })).toEqual([101]);
  });

  it("§11.3 a request MUST NOT have Sec-WebSocket-Key or Sec-WebSocket-Version twice", () => {
    // Two fields are one value with a comma when they are joined (RFC 9110 §5.3).
    expect(
      statuses({ "sec-websocket-key": `${KEY}, ${KEY}` }, { "sec-websocket-version": "13, 13" }),
    ).toEqual([400, 426]);
  });

  it("§11.3.4 Sec-WebSocket-Protocol may come in several lines", () => {
    expect(check({ "sec-websocket-protocol": ["a, b", "c"].join(", ") })).toMatchObject({
      protocols: ["a", "b", "c"],
    });
  });
});

describe("§4.2.2: sending the server's opening handshake", () => {
  it("§4.2.2, §4.4 another version MUST be refused, and the one that is understood be named", () => {
    const refused = check({ "sec-websocket-version": "25" });
    expect(refused).toMatchObject({ ok: false, status: 426 });
    // RFC 9110 §15.5.22, §7.8: a 426 names the protocol in Upgrade, which needs Connection.
    expect(refused.ok ? {} : fieldsOf(refused.headers)).toEqual({
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-version": "13",
    });
  });

  it("§4.2.2 the subprotocol chosen MUST be one of the client's", () => {
    const tokens = fc.uniqueArray(fc.constantFrom("a", "A", "b", "c", "constructor", "__proto__"));
    fc.assert(
      fc.property(tokens, tokens, (offered, known) => {
        const chosen = chooseProtocol(offered, known);
        const both = offered.filter((one) => known.includes(one));
        expect(chosen).toBe(both[0] ?? null);
      }),
      runs(200),
    );
  });

  it("§4.2.2 without an agreement Sec-WebSocket-Protocol MUST NOT be sent", () => {
    expect(fieldsOf(acceptHeaders(KEY, null))).not.toHaveProperty("sec-websocket-protocol");
    expect(fieldsOf(acceptHeaders(KEY, "chat"))).toHaveProperty("sec-websocket-protocol", "chat");
    // The empty string is no subprotocol.
    expect(() => acceptHeaders(KEY, "")).toThrow(TypeError);
  });

  it("§4.2.2, §9 an extension that the client has not offered MUST NOT be accepted", () => {
    const names = namesOf(acceptHeaders(KEY, "chat"));
    expect(names).not.toContain("sec-websocket-extensions");
  });

  it("§4.2.2 the response MUST have Upgrade, Connection, and the Sec-WebSocket-Accept made of the key", () => {
    for (const key of [KEY, createKey(), createKey()]) {
      expect(fieldsOf(acceptHeaders(key))).toEqual({
        upgrade: "websocket",
        connection: "Upgrade",
        "sec-websocket-accept": acceptKey(key),
      });
    }
    // The example's hash, as §4.2.2 gives its bytes.
    const hash = Buffer.from("b37a4f2cc0624f1690f64606cf385945b2bec4ea", "hex");
    expect(acceptKey(KEY)).toBe(hash.toString("base64"));
  });

  it("§11.3 a response MUST NOT have Sec-WebSocket-Accept or Sec-WebSocket-Protocol twice", () => {
    const names = namesOf(acceptHeaders(KEY, "chat"));
    expect(new Set(names).size).toBe(names.length);
  });
});
