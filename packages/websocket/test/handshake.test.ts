import { cpuTimer } from "@mantou/testing/cpu-time";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acceptHeaders,
  acceptKey,
  checkResponse,
  chooseProtocol,
  createKey,
  requestHeaders,
} from "../src/handshake.ts";
import { ACCEPT, check, type Fields, fieldsOf, KEY } from "./handshake-support.ts";

describe("acceptKey (RFC 6455 §4.2.2)", () => {
  it("is that of the RFC's example (§1.3)", () => {
    expect(acceptKey(KEY)).toBe(ACCEPT);
  });
});

describe("checkUpgrade (§4.2.1)", () => {
  it("accepts the request of a browser", () => {
    const browser = { connection: "keep-alive, Upgrade", "sec-websocket-extensions": "permessage-deflate" };
    expect(check(browser)).toEqual({ ok: true, key: KEY, protocols: [], extensions: "permessage-deflate" });
  });

  it("accepts tokens in any case and company", () => {
    expect(check({ upgrade: "WebSocket", connection: ",keep-alive ,\tUPGRADE" })).toMatchObject({ ok: true });
    expect(check({ upgrade: "h2c, websocket" })).toMatchObject({ ok: true, extensions: null });
  });

  it("reads the subprotocols in the client's order", () => {
    expect(check({ "sec-websocket-protocol": "soap, wamp ,,v1.json" })).toMatchObject({
      protocols: ["soap", "wamp", "v1.json"],
    });
  });

  it.each<[string, Fields, number]>([
    ["Host is missing", { host: null }, 400],
    ["Connection is missing", { connection: null }, 400],
    ["Connection does not name upgrade", { connection: "keep-alive" }, 400],
    ["Connection names it as a part of something", { connection: "upgrades" }, 400],
    ["the key is missing", { "sec-websocket-key": null }, 400],
    ["the key is empty", { "sec-websocket-key": "" }, 400],
    ["the key has 15 bytes", { "sec-websocket-key": "dGhlIHNhbXBsZSBub25j" }, 400],
    ["the key has 17 bytes", { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZTE=" }, 400],
    ["the key is not padded", { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ" }, 400],
    ["the key is too short for its padding", { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZ==" }, 400],
    ["the key is not base64", { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZ!==" }, 400],
    ["there are two keys", { "sec-websocket-key": `${KEY}, ${KEY}` }, 400],
    ["there are two keys, without a space", { "sec-websocket-key": `${KEY},${KEY}` }, 400],
    ["the key has a line end behind it", { "sec-websocket-key": `${KEY}\n` }, 400],
    ["the key has a space of another alphabet behind it", { "sec-websocket-key": `${KEY}\u00a0` }, 400],
    ["the key is base64url", { "sec-websocket-key": "_-lIHNhbXBsZSBub25jZQA==" }, 400],
    ["the key is a name that objects have", { "sec-websocket-key": "constructor" }, 400],
    ["the subprotocols are an empty list (§4.3: 1#token)", { "sec-websocket-protocol": "" }, 400],
    ["the subprotocols are commas", { "sec-websocket-protocol": " , ," }, 400],
    ["a subprotocol is quoted", { "sec-websocket-protocol": '"a"' }, 400],
    ["Upgrade is only alike", { upgrade: "websoc\u212aet" }, 426],
    ["Upgrade names a version", { upgrade: "websocket/13" }, 426],
    ["the versions are the same twice", { "sec-websocket-version": "13, 13" }, 426],
    ["the version has a fraction", { "sec-websocket-version": "13.0" }, 426],
    ["a subprotocol is no token", { "sec-websocket-protocol": "a b" }, 400],
    ["the extensions are no list", { "sec-websocket-extensions": "a b" }, 400],
    ["the extensions are an empty list", { "sec-websocket-extensions": "" }, 400],
    ["a subprotocol is repeated", { "sec-websocket-protocol": "a, b, a" }, 400],
    ["Upgrade is missing", { upgrade: null }, 426],
    ["Upgrade names something else", { upgrade: "h2c" }, 426],
    ["the version is missing", { "sec-websocket-version": null }, 426],
    ["the version is 8", { "sec-websocket-version": "8" }, 426],
    ["there are two versions", { "sec-websocket-version": "13, 8" }, 426],
    ["the version is written otherwise", { "sec-websocket-version": "013" }, 426],
  ])("refuses if %s", (_name, changes, status) => {
    expect(check(changes)).toMatchObject({ ok: false, status, message: expect.stringMatching(/\w/) });
  });

  it("takes spaces and tabs around values for nothing", () => {
    const spaced = { "sec-websocket-key": `\t${KEY} `, "sec-websocket-version": " 13\t" };
    expect(check(spaced)).toMatchObject({ ok: true, key: KEY });
  });

  it("does not read the spare bits of the key's last digit (RFC 4648 §3.5), and uses the key unchanged", () => {
    for (const last of "QRSTUVWXYZabcdef") {
      const key = `dGhlIHNhbXBsZSBub25jZ${last}==`;
      expect(check({ "sec-websocket-key": key })).toMatchObject({ ok: true, key });
    }
    expect(acceptKey("dGhlIHNhbXBsZSBub25jZR==")).not.toBe(ACCEPT);
  });

  it("takes the names that objects have for subprotocols like any other", () => {
    const hostile = "constructor, __proto__, toString, hasOwnProperty";
    expect(check({ "sec-websocket-protocol": hostile })).toMatchObject({ protocols: hostile.split(", ") });
    expect(chooseProtocol(hostile.split(", "), ["v1"])).toBeNull();
  });

  it("takes time by the length of a value, not by its square", () => {
    const evil = `x${" ".repeat(300_000)}y`;
    const spent = cpuTimer();
    expect(check({ connection: evil })).toMatchObject({ ok: false, status: 400 });
    expect(check({ upgrade: evil })).toMatchObject({ ok: false, status: 426 });
    expect(check({ "sec-websocket-protocol": evil })).toMatchObject({ ok: false, status: 400 });
    expect(check({ "sec-websocket-protocol": "a,".repeat(150_000) })).toMatchObject({
      ok: false,
      status: 400,
    });
    // A hundred times what it takes; by the square it took 33 s.
    expect(spent()).toBeLessThan(3000);
  });

  it("refuses other methods with 405 and Allow", () => {
    for (const method of ["POST", "HEAD", "get", "CONNECT"]) {
      expect(check({}, { method })).toMatchObject({ ok: false, status: 405, headers: ["Allow", "GET"] });
    }
  });

  it("refuses HTTP/1.0", () => {
    expect(check({}, { versionMinor: 0 })).toMatchObject({ ok: false, status: 400 });
  });

  it("names the version in a 426 (§4.4)", () => {
    expect(check({ "sec-websocket-version": "25" })).toMatchObject({
      headers: ["Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", "13"],
    });
  });
});

describe("chooseProtocol", () => {
  it("takes the first offered that is known", () => {
    expect(chooseProtocol(["a", "b", "c"], ["c", "b"])).toBe("b");
    expect(chooseProtocol(["a"], ["A"])).toBeNull();
    expect(chooseProtocol([], ["a"])).toBeNull();
  });
});

describe("acceptHeaders (§4.2.2)", () => {
  it("are the three fields of the response, and the subprotocol if there is one", () => {
    const three = ["Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Accept", ACCEPT];
    expect(acceptHeaders(KEY)).toEqual(three);
    expect(acceptHeaders(KEY, "chat")).toEqual([...three, "Sec-WebSocket-Protocol", "chat"]);
  });

  it("have no subprotocol that would break the head, or that a client could not have offered", () => {
    for (const protocol of ["", "a, b", "a\r\nSet-Cookie: x=1", "é"]) {
      expect(() => acceptHeaders(KEY, protocol), protocol).toThrow(TypeError);
    }
  });
});

describe("the client's side (§4.1)", () => {
  const responseWith = (changes: Fields = {}, status = 101) => {
    const all: Fields = { ...fieldsOf(acceptHeaders(KEY)), ...changes };
    return { status, header: (name: string) => all[name] ?? null };
  };

  it("makes keys that servers accept, each another", () => {
    const keys = Array.from({ length: 50 }, createKey);
    expect(new Set(keys).size).toBe(50);
    for (const key of keys) expect(check({ "sec-websocket-key": key })).toMatchObject({ ok: true, key });
  });

  it("makes requests that the server's side accepts, and accepts its response", () => {
    const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(token, { maxLength: 4 }), (protocols) => {
        const key = createKey();
        const checked = check({ ...fieldsOf(requestHeaders(key, protocols)) });
        expect(checked).toEqual({ ok: true, key, protocols, extensions: null });
        const protocol = chooseProtocol(protocols, protocols);
        const header = fieldsOf(acceptHeaders(key, protocol));
        const response = { status: 101, header: (name: string) => header[name] ?? null };
        expect(checkResponse(response, { key, protocols })).toEqual({ ok: true, protocol, extensions: null });
      }),
    );
  });

  it("refuses to ask for subprotocols that are no tokens, or twice for one", () => {
    expect(() => requestHeaders(KEY, ["a b"])).toThrow(TypeError);
    expect(() => requestHeaders(KEY, [""])).toThrow(TypeError);
    expect(() => requestHeaders(KEY, ["a", "a"])).toThrow(TypeError);
  });

  it("accepts a response without a subprotocol, and with spaces around its values", () => {
    const spaced = { upgrade: " websocket", "sec-websocket-accept": `${ACCEPT}\t` };
    expect(checkResponse(responseWith(spaced), { key: KEY, protocols: ["a"] })).toMatchObject({
      protocol: null,
    });
    const chosen = responseWith({ "sec-websocket-protocol": " a " });
    expect(checkResponse(chosen, { key: KEY, protocols: ["a"] })).toMatchObject({ protocol: "a" });
  });

  it("accepts a response in any case", () => {
    expect(
      checkResponse(responseWith({ upgrade: "WEBSOCKET", connection: "upgrade" }), { key: KEY }),
    ).toMatchObject({ ok: true });
  });

  it("passes the extensions on", () => {
    const chosen = responseWith({ "sec-websocket-extensions": "x; a=1" });
    expect(checkResponse(chosen, { key: KEY, extensions: "y, x; a; b" })).toMatchObject({
      ok: true,
      extensions: "x; a=1",
    });
  });

  it.each<[string, Fields, RegExp]>([
    ["without Upgrade", { upgrade: null }, /Upgrade/],
    ["with another Upgrade", { upgrade: "h2c" }, /Upgrade/],
    ["without Connection", { connection: null }, /Connection/],
    ["with the value for another key", { "sec-websocket-accept": acceptKey(createKey()) }, /Accept/],
    ["without a value", { "sec-websocket-accept": null }, /Accept/],
    ["with two values", { "sec-websocket-accept": `${ACCEPT}, ${ACCEPT}` }, /Accept/],
    ["with a value in another case", { "sec-websocket-accept": ACCEPT.toLowerCase() }, /Accept/],
    ["with a value without its padding", { "sec-websocket-accept": ACCEPT.slice(0, -1) }, /Accept/],
    ["with more than websocket in Upgrade", { upgrade: "websocket, h2c" }, /Upgrade/],
    ["with an Upgrade that is only alike", { upgrade: "websoc\u212aet" }, /Upgrade/],
    ["with a Connection that names it as a part", { connection: "upgraded" }, /Connection/],
    ["with an extension, where none was offered", { "sec-websocket-extensions": "x" }, /extension/],
    ["with a subprotocol not offered", { "sec-websocket-protocol": "b" }, /subprotocol/],
    ["with a subprotocol in another case", { "sec-websocket-protocol": "A" }, /subprotocol/],
    ["with more than one subprotocol", { "sec-websocket-protocol": "a, a" }, /subprotocol/],
    ["with an empty subprotocol", { "sec-websocket-protocol": "" }, /subprotocol/],
    ["with a subprotocol that objects have", { "sec-websocket-protocol": "constructor" }, /subprotocol/],
  ])("refuses a response %s", (_name, changes, message) => {
    const checked = checkResponse(responseWith(changes), { key: KEY, protocols: ["a"] });
    expect(checked).toEqual({ ok: false, message: expect.stringMatching(message) });
  });

  it("refuses any status but 101", () => {
    expect(checkResponse(responseWith({}, 200), { key: KEY })).toEqual({
      ok: false,
      message: "the status is 200, not 101",
    });
  });
});
