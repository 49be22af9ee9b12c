/** RFC 6455 §5.8, §9: extensions in general. permessage-deflate has suites of its own. */
import { describe, expect, it } from "vitest";
import { Connection, IDENTITY } from "../../src/index.ts";
import { check, checkHandshake } from "../handshake-support.ts";
import { feed, peerOf, ROLES, Sink, wire } from "../support.ts";

describe.each(ROLES)("a %s", (role) => {
  it("§5.8, §9.1 an extension MUST NOT be used unless it was negotiated", () => {
    const marked = wire(peerOf(role), { opcode: 2, rsv: 4, payload: Buffer.from("x") });
    for (const options of [{}, { codec: IDENTITY }]) {
      expect(feed(role, [marked], options).events).toEqual(["error RESERVED_BITS"]);
      const sink = new Sink();
      const connection = new Connection({ role, output: sink, ...options });
      connection.text("a text that would be smaller, smaller, smaller".repeat(100));
      expect(sink.flush()[0]).toBe(0x81);
    }
  });
});

const MALFORMED = [
  "",
  ",",
  ";",
  "a b",
  "a;",
  "a;=1",
  "a; b=",
  'a; b="',
  'a; b="1',
  'a; b=""',
  "a; b=1=2",
  "a/b",
  "é",
];
const extensions = (value: string) => ({ "sec-websocket-extensions": value });

it("§4.1 a response with an extension that was not offered MUST fail the connection", () => {
  for (const [chosen, offer, ok] of [
    ["a", null, false],
    ["a", "", false],
    ["a", "b", false],
    ["a, b", "a", false],
    ["A", "a", false],
    ["constructor", "a", false],
    ["__proto__", "a; __proto__", false],
    ["a", "b, a; x", true],
    ["b; y=1, a", "a; x, b", true],
  ] as const) {
    const checked = checkHandshake(extensions(chosen), { extensions: offer });
    expect(checked.ok, `${chosen} for ${offer}`).toBe(ok);
    if (checked.ok) expect(checked.extensions).toBe(chosen);
  }
  expect(checkHandshake({}, { extensions: "a" })).toMatchObject({ ok: true, extensions: null });
});

it("§9.1 a client MUST fail the connection for malformed extensions", () => {
  for (const value of MALFORMED)
    expect(checkHandshake(extensions(value), { extensions: "a" }).ok, value).toBe(false);
});

it("§9.1 a server MUST fail the connection for malformed extensions", () => {
  for (const value of MALFORMED)
    expect(check(extensions(value)), value).toMatchObject({ ok: false, status: 400 });
  // §9.1's own examples.
  for (const value of [
    "foo, bar; baz=2",
    "deflate-stream",
    "mux; max-channels=4; flow-control, deflate-stream",
  ]) {
    expect(check(extensions(value))).toMatchObject({ ok: true, extensions: value });
  }
});

it("§9.1 a quoted parameter's value MUST be a token", () => {
  for (const [value, ok] of [
    ['a; b="c"', true],
    ['a; b="\\c"', true],
    ['a; b="c d"', false],
    ['a; b="c,d"', false],
    ['a; b="c\\"d"', false],
    ['a; b=""', false],
  ] as const) {
    expect(check(extensions(value)).ok, value).toBe(ok);
    expect(checkHandshake(extensions(value), { extensions: "a" }).ok, value).toBe(ok);
  }
});

it("§11.3.2: extensions may come in several lines", () => {
  expect(check(extensions(["foo", "bar; baz=2"].join(", ")))).toMatchObject({
    extensions: "foo, bar; baz=2",
  });
});
