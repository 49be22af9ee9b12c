import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { DEFAULT_CLIENT_LIMITS } from "../../src/client/limits.ts";
import { resolveSettings, type WebSocketOptions } from "../../src/client/options.ts";

const syntaxError = expect.objectContaining({ name: "SyntaxError" });

describe("resolveSettings", () => {
  it("has defaults", () => {
    expect(resolveSettings([])).toEqual({
      protocols: [],
      key: null,
      headers: [],
      createConnection: null,
      tls: {},
      deflate: { compress: "dedicated", decompress: "dedicated" },
      ...DEFAULT_CLIENT_LIMITS,
    });
    expect(resolveSettings({})).toEqual(resolveSettings([]));
  });

  it.each<[unknown, string[]]>([
    ["a", ["a"]],
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [new Set(["b", "a"]), ["b", "a"]],
    [
      [1, null],
      ["1", "null"],
    ],
    [null, ["null"]],
    [{ protocols: "a" }, ["a"]],
    [{ protocols: ["a", "B"] }, ["a", "B"]],
    [{ protocol: "a" }, ["a"]],
    [{ protocols: null, protocol: undefined }, []],
    ["!#$%&'*+-.^_`|~09AZaz", ["!#$%&'*+-.^_`|~09AZaz"]],
  ])("finds in %j the subprotocols %j", (argument, protocols) => {
    expect(resolveSettings(argument).protocols).toEqual(protocols);
  });

  it.each([
    "",
    "a b",
    "a,b",
    "a;b",
    'a"b',
    "ü",
    "a\n",
    [[""]],
    [["a", "a"]],
    [["echo", "eCho"]],
    { protocols: ["a", "a"] },
    { protocol: "/" },
  ])("throws a SyntaxError for %j", (argument) => {
    expect(() => resolveSettings(Array.isArray(argument) ? argument[0] : argument)).toThrow(syntaxError);
  });

  it("takes headers in each form that HTTP libraries know", () => {
    const expected = ["X-A", "1", "X-B", "2"];
    const headers: WebSocketOptions["headers"][] = [
      { "X-A": "1", "X-B": 2 },
      { "X-A": " 1\t", "X-B": "2", "X-C": undefined },
      [
        ["X-A", "1"],
        ["X-B", "2"],
      ],
      new Map([
        ["X-A", "1"],
        ["X-B", "2"],
      ]),
    ];
    for (const given of headers) expect(resolveSettings({ headers: given }).headers).toEqual(expected);
    expect(resolveSettings({ headers: { "X-A": ["1", "2"] } }).headers).toEqual(["X-A", "1", "X-A", "2"]);
    expect(resolveSettings({ headers: new Headers([["x-a", "1"]]) }).headers).toEqual(["x-a", "1"]);
    expect(resolveSettings({ headers: { Host: "other" } }).headers).toEqual(["Host", "other"]);
  });

  const key = "dGhlIHNhbXBsZSBub25jZQ==";

  it("takes the fields of a handshake, as a proxy passes them on", () => {
    const headers = {
      host: "h",
      UPGRADE: "websocket",
      connection: ["keep-alive", "Upgrade"],
      "sec-websocket-version": "13",
      "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
      "sec-websocket-key": key,
      "sec-websocket-protocol": "chat, superchat",
      TE: "trailers",
      cookie: "a=b",
    };
    const settings = { headers: ["host", "h", "cookie", "a=b"], key, protocols: ["chat", "superchat"] };
    expect(resolveSettings({ headers })).toMatchObject(settings);
    expect(resolveSettings({ headers, protocols: ["other"] })).toMatchObject(settings);
  });

  it.each<[WebSocketOptions["headers"], object]>([
    [{ "Sec-WebSocket-Key": "x" }, { key: null }],
    [{ "Sec-WebSocket-Key": "" }, { key: null }],
    [{ "Sec-WebSocket-Key": [key, key] }, { key: null }],
    [{ "Sec-WebSocket-Protocol": "" }, { protocols: ["own"] }],
    [{ "Sec-WebSocket-Protocol": ["a", "b, c"] }, { protocols: ["a", "b", "c"] }],
  ])("reads the handshake's fields of %j", (headers, settings) => {
    expect(resolveSettings({ protocol: "own", headers })).toMatchObject({ headers: [], ...settings });
  });

  it.each(["a b", "a, a", "a/b"])("throws a SyntaxError for the header's subprotocols %j", (value) => {
    expect(() => resolveSettings({ headers: { "Sec-WebSocket-Protocol": value } })).toThrow(syntaxError);
  });

  it.each<[string, object]>([
    ["a name that is no token", { headers: { "X A": "1" } }],
    ["a line break in a value", { headers: { "X-A": "1\r\nX-B: 2" } }],
    ["a value past U+00FF", { headers: { "X-A": "☃" } }],
    ["Content-Length", { headers: { "Content-Length": "1" } }],
    ["Transfer-Encoding", { headers: [["TRANSFER-ENCODING", "chunked"]] }],
    ["Expect", { headers: { expect: "100-continue" } }],
    ["both protocols and protocol", { protocols: "a", protocol: "a" }],
    ["a proxy", { proxy: "http://127.0.0.1:1" }],
    ["an agent", { agent: {} }],
    ["a dispatcher", { dispatcher: {} }],
    ["a compressor that there is not", { perMessageDeflate: { compress: "7KB" } }],
    ["another that there is not", { perMessageDeflate: { decompress: "toString" } }],
  ])("throws a TypeError for %s", (_name, options) => {
    expect(() => resolveSettings(options)).toThrow(TypeError);
  });

  it.each<[unknown, string]>([
    [5, "the option headers must be an object, Headers, or pairs of name and value, not number"],
    ["X-A: 1", "the option headers must be an object, Headers, or pairs of name and value, not string"],
    [[5], "the option headers must have pairs of name and value, not number"],
    [["ab"], "the option headers must have pairs of name and value, not string"],
    [[["X-A"]], "the option headers must have pairs of name and value, not a list of 1"],
    [[["X-A", "1", "2"]], "the option headers must have pairs of name and value, not a list of 3"],
    [[[5, "1"]], "5 is not the name of a header"],
  ])("names the option headers and what it got for %j", (headers, text) => {
    expect(() => resolveSettings({ headers })).toThrow(new TypeError(text));
  });

  it.each([
    [{ level: 10 }, "perMessageDeflate.level must be an integer from 0 to 9, not 10"],
    [{ level: "x" }, "perMessageDeflate.level must be a number, not string"],
    [{ threshold: -1 }, "perMessageDeflate.threshold must be a number from 0 up, not -1"],
    [{ compress: "7KB" }, 'perMessageDeflate: "7KB" is not a compressor'],
  ])("names the option of compression that is wrong in %j", (perMessageDeflate, text) => {
    expect(() => resolveSettings({ perMessageDeflate })).toThrow(text);
  });

  it.each([
    [{ perMessageDeflate: true }, { compress: "dedicated", decompress: "dedicated" }],
    [{ perMessageDeflate: { compress: "shared" } }, { compress: "shared", decompress: "dedicated" }],
    [{ perMessageDeflate: false }, null],
    [{ perMessageDeflate: undefined }, null],
    [{ perMessageDeflate: 0 }, null],
  ])("compresses for %j by %j", (options, deflate) => {
    expect(resolveSettings(options).deflate).toEqual(deflate);
  });

  it.each([
    { level: 10 },
    { level: 1.5 },
    { threshold: -1 },
    { threshold: Number.NaN },
  ])("throws a RangeError for compression by %j", (perMessageDeflate) => {
    expect(() => resolveSettings({ perMessageDeflate })).toThrow(RangeError);
  });

  it("names the option tls if it is no object", () => {
    for (const none of [{}, { tls: undefined }, { tls: null }]) expect(resolveSettings(none).tls).toEqual({});
    for (const bad of [5, "cert", true]) {
      const error = new TypeError(`the option tls must be an object, not ${typeof bad}`);
      expect(() => resolveSettings({ tls: bad })).toThrow(error);
    }
  });

  it("takes a function as createConnection, which makes the connection", () => {
    const createConnection = (): PassThrough => new PassThrough();
    expect(resolveSettings({ createConnection }).createConnection).toBe(createConnection);
    for (const none of [{}, { createConnection: undefined }])
      expect(resolveSettings(none).createConnection).toBeNull();
    for (const bad of [{}, "net", 1, true]) {
      const options = { createConnection: bad } as never;
      expect(() => resolveSettings(options)).toThrow(/^the option createConnection must be a function/);
    }
  });

  it.each(["maxPayloadLength", "handshakeTimeout", "closeTimeout"])("checks %s", (name) => {
    for (const good of [0, 1, 2 ** 31 - 1])
      expect(resolveSettings({ [name]: good })).toMatchObject({ [name]: good });
    expect(resolveSettings({ [name]: undefined })).toEqual(resolveSettings({}));
    for (const bad of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => resolveSettings({ [name]: bad })).toThrow(RangeError);
    }
    for (const bad of ["1", true, 1n]) expect(() => resolveSettings({ [name]: bad })).toThrow(TypeError);
  });
});
