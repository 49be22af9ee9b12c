import { describe, expect, it } from "vitest";
import { UsageError } from "../src/errors.ts";
import { FieldBlock } from "../src/fields.ts";
import { isFieldValue, isToken } from "../src/grammar.ts";
import { ClientHarness } from "./support/client-harness.ts";
import { pending, request } from "./support/harness.ts";

/**
 * Values that TypeScript refuses, from an application without it. Query parsers make arrays of parameters, and an
 * array of one string has the length of one character, and becomes that string in a template: nothing of it may be written.
 */
const evil = ["a\r\nSet-Cookie: evil"] as unknown as string;
const notText: readonly unknown[] = [
  evil,
  [],
  ["a"],
  1,
  null,
  undefined,
  {},
  Object("a"),
  { length: 1, toString: () => "a" },
];

describe("values that are no strings", () => {
  it.each(notText.map((value) => ({ value })))("$value is no token and no field value", ({ value }) => {
    expect(isToken(value as string)).toBe(false);
    expect(isFieldValue(value as string)).toBe(false);
    expect(() => new FieldBlock([value as string, "v"])).toThrow(UsageError);
    expect(() => new FieldBlock(["n", value as string])).toThrow(UsageError);
  });

  it("are not written as reason, trailer, method or target", () => {
    const server = pending();
    expect(() => server.connection.respond({ status: 200, reason: evil }, null)).toThrow(UsageError);
    expect(() => server.connection.inform({ status: 103, reason: evil })).toThrow(UsageError);
    server.connection.start({ status: 200 });
    server.written();
    expect(() => server.connection.end(["n", evil])).toThrow(UsageError);
    expect(() => server.connection.end([evil, "v"])).toThrow();
    expect(server.written()).toBe("");

    const client = new ClientHarness();
    for (const [method, target] of [
      [evil, "/"],
      ["GET", ["/\r\nX: y"] as unknown as string],
      ["CONNECT", ["a:1\r\n"] as unknown as string],
    ] as const) {
      expect(() => client.send(method, target)).toThrow(UsageError);
    }
    expect(client.written()).toBe("");
  });

  it.each(
    ["200", "length", "push", ["200"], null, {}].map((status) => ({ status })),
  )("are no status: $status", ({ status }) => {
    const server = pending();
    expect(() => server.connection.respond({ status: status as unknown as number }, null)).toThrow(
      UsageError,
    );
    expect(() => server.connection.start({ status: status as unknown as number })).toThrow(UsageError);
    expect(server.written()).toBe("");
  });
});

describe("content that is no bytes", () => {
  const none: readonly unknown[] = [
    undefined,
    5,
    {},
    [1, 2],
    new ArrayBuffer(2),
    new Uint16Array(2),
    new DataView(new ArrayBuffer(2)),
    { length: 2 },
  ];

  it.each(none.map((content) => ({ content })))("$content is refused, and nothing changes", ({ content }) => {
    const whole = pending();
    expect(() => whole.connection.respond({ status: 200 }, content as Uint8Array)).toThrow(TypeError);
    const server = pending();
    server.connection.start({ status: 200 }, 2);
    server.written();
    expect(() => server.connection.write(content as Uint8Array)).toThrow(TypeError);
    server.connection.write("ab");
    server.connection.end();
    expect([whole.written(), server.written()]).toEqual(["", "ab"]);

    const client = new ClientHarness();
    const put = { method: "PUT", target: "/", fields: ["Host", "a"] };
    expect(() => client.connection.request(put, content as Uint8Array)).toThrow(TypeError);
    client.start(2);
    client.written();
    expect(() => client.connection.write(content as Uint8Array)).toThrow(TypeError);
    expect(client.written()).toBe("");
  });
});

describe("the parts that a request shares with the next one", () => {
  it("cannot be changed", () => {
    const server = pending({ fields: "X: y\r\n" });
    const list = server.head!.fields.list as string[];
    expect(() => list.push("Evil", "1")).toThrow(TypeError);
    expect(() => list.splice(0)).toThrow(TypeError);
    server.connection.respond({ status: 200 }, null);
    server.receive(request({ fields: "X: y\r\n" }));
    expect(server.head!.fields.list).toEqual(["Host", "a", "X", "y"]);
  });
});

describe("a request head", () => {
  it("belongs to its reader: a change of it does not show in the next one", () => {
    const server = pending({ fields: "X: y\r\n" });
    Object.assign(server.head!, {
      host: "evil",
      framing: "length",
      length: 30,
      keepAlive: false,
      upgrade: "x",
    });
    server.connection.respond({ status: 200 }, null);
    for (let i = 0; i < 2; i++) {
      server.receive(request({ fields: "X: y\r\n" }));
      expect(server.head).toMatchObject({
        host: "a",
        framing: "none",
        length: 0,
        keepAlive: true,
        upgrade: null,
      });
      Object.assign(server.head!, { host: "evil", framing: "length", length: 30 });
      server.connection.respond({ status: 200 }, null);
    }
  });
});

describe("bytes that are not there", () => {
  it.each([
    [-1, 1],
    [0, 4],
    [4, 5],
    [0, Number.NaN],
    [0.5, 2],
  ])("from %d to %d of 3 are a RangeError", (start, end) => {
    const memory = new Uint8Array(3);
    expect(() => pending().connection.receive(memory, start, end)).toThrow(RangeError);
    const client = new ClientHarness().send();
    expect(() => client.connection.receive(memory, start, end)).toThrow(RangeError);
    expect(client.next()).toEqual([]);
  });

  it("are empty if they end where they begin, or before", () => {
    const { connection } = pending();
    connection.receive(new Uint8Array(3), 2, 1);
    connection.receive(new Uint8Array(3), 3, 3);
    expect(connection.unreadBytes).toBe(0);
  });
});
