import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acceptHeaders,
  acceptKey,
  checkResponse,
  checkUpgrade,
  chooseProtocol,
  createKey,
  requestHeaders,
} from "../src/handshake.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

type Fields = Record<string, string | null>;

const REQUEST: Fields = {
  host: "example.com",
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": KEY,
};

/** Checks the request above with some fields changed, or (null) left out. */
function check(changes: Fields = {}, line: { method?: string; versionMinor?: number } = {}) {
  const fields = { ...REQUEST, ...changes };
  return checkUpgrade({ method: "GET", versionMinor: 1, header: (name) => fields[name] ?? null, ...line });
}

describe("acceptKey (RFC 6455 §4.2.2)", () => {
  it("answers the RFC's example (§1.3)", () => {
    expect(acceptKey(KEY)).toBe(ACCEPT);
  });
});

describe("checkUpgrade (§4.2.1)", () => {
  it("accepts what a browser sends", () => {
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
    ["a subprotocol is no token", { "sec-websocket-protocol": "a b" }, 400],
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

  it("refuses other methods with 405 and Allow", () => {
    for (const method of ["POST", "HEAD", "get", "CONNECT"]) {
      expect(check({}, { method })).toMatchObject({ ok: false, status: 405, headers: [["Allow", "GET"]] });
    }
  });

  it("refuses HTTP/1.0", () => {
    expect(check({}, { versionMinor: 0 })).toMatchObject({ ok: false, status: 400 });
  });

  it("says with 426 which version there is (§4.4)", () => {
    expect(check({ "sec-websocket-version": "25" })).toMatchObject({
      headers: [
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
        ["Sec-WebSocket-Version", "13"],
      ],
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
  it("are the three of the answer, and the subprotocol if there is one", () => {
    const three = [
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Accept", ACCEPT],
    ];
    expect(acceptHeaders(KEY)).toEqual(three);
    expect(acceptHeaders(KEY, "chat")).toEqual([...three, ["Sec-WebSocket-Protocol", "chat"]]);
  });
});

describe("the client's side (§4.1)", () => {
  const fields = (list: ReadonlyArray<readonly [string, string]>) =>
    Object.fromEntries(list.map(([name, value]) => [name.toLowerCase(), value]));

  const answer = (changes: Fields = {}, status = 101) => {
    const all: Fields = { ...fields(acceptHeaders(KEY)), ...changes };
    return { status, header: (name: string) => all[name] ?? null };
  };

  it("makes keys that servers accept, each another", () => {
    const keys = Array.from({ length: 50 }, createKey);
    expect(new Set(keys).size).toBe(50);
    for (const key of keys) expect(check({ "sec-websocket-key": key })).toMatchObject({ ok: true, key });
  });

  it("makes requests that the server's side accepts, and accepts its answer", () => {
    const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(token, { maxLength: 4 }), (protocols) => {
        const key = createKey();
        const checked = check({ ...fields(requestHeaders(key, protocols)) });
        expect(checked).toEqual({ ok: true, key, protocols, extensions: null });
        const protocol = chooseProtocol(protocols, protocols);
        const header = fields(acceptHeaders(key, protocol));
        const response = { status: 101, header: (name: string) => header[name] ?? null };
        expect(checkResponse(response, { key, protocols })).toEqual({ ok: true, protocol, extensions: null });
      }),
    );
  });

  it("refuses to ask for subprotocols that are no tokens, or twice for one", () => {
    expect(() => requestHeaders(KEY, ["a b"])).toThrow(SyntaxError);
    expect(() => requestHeaders(KEY, [""])).toThrow(SyntaxError);
    expect(() => requestHeaders(KEY, ["a", "a"])).toThrow(SyntaxError);
  });

  it("accepts an answer in any case", () => {
    expect(
      checkResponse(answer({ upgrade: "WEBSOCKET", connection: "upgrade" }), { key: KEY }),
    ).toMatchObject({ ok: true });
  });

  it("passes the extensions on", () => {
    expect(checkResponse(answer({ "sec-websocket-extensions": "x" }), { key: KEY })).toMatchObject({
      extensions: "x",
    });
  });

  it.each<[string, Fields, RegExp]>([
    ["without Upgrade", { upgrade: null }, /Upgrade/],
    ["with another Upgrade", { upgrade: "h2c" }, /Upgrade/],
    ["without Connection", { connection: null }, /Connection/],
    ["with another key's answer", { "sec-websocket-accept": acceptKey(createKey()) }, /Accept/],
    ["without an answer to the key", { "sec-websocket-accept": null }, /Accept/],
    ["with a subprotocol not offered", { "sec-websocket-protocol": "b" }, /subprotocol/],
  ])("refuses an answer %s", (_name, changes, message) => {
    const checked = checkResponse(answer(changes), { key: KEY, protocols: ["a"] });
    expect(checked).toEqual({ ok: false, message: expect.stringMatching(message) });
  });

  it("refuses any status but 101", () => {
    expect(checkResponse(answer({}, 200), { key: KEY })).toEqual({
      ok: false,
      message: "the status is 200, not 101",
    });
  });
});
