import { describe, expect, it } from "vitest";
import { type FramingFields, findFramingFields } from "../src/framing-fields.ts";

const find = (text: string, maximum = 128): FramingFields => {
  return findFramingFields(`x${text}y`, 1, text.length + 1, maximum);
};

const nothing: FramingFields = {
  host: null,
  hostCount: 0,
  contentLength: null,
  contentLengthCount: 0,
  transferEncoding: null,
  connection: null,
  expect: null,
  upgrade: null,
};

const names: [name: string, found: Partial<FramingFields>][] = [
  ["Host", { host: "v", hostCount: 1 }],
  ["Content-Length", { contentLength: "v", contentLengthCount: 1 }],
  ["Transfer-Encoding", { transferEncoding: "v" }],
  ["Connection", { connection: "v" }],
  ["Expect", { expect: "v" }],
  ["Upgrade", { upgrade: "v" }],
];

const tokenCharacters = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
  (character) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character),
);

describe.each(names)("%s", (name, found) => {
  it("is found in any case, with any whitespace around its value, between others", () => {
    for (const written of [name, name.toLowerCase(), name.toUpperCase()]) {
      for (const line of [`${written}:v`, `${written}: v`, `${written}:\t v \t`]) {
        expect(find(`${line}\r\n`)).toEqual({ ...nothing, ...found });
        expect(find(`a: b\r\n${line}\r\nc:\r\n`)).toEqual({ ...nothing, ...found });
      }
    }
  });

  it("is nothing else: one letter more, less or different", () => {
    const others = [`${name}s`, `x${name}`, name.slice(0, -1), name.slice(1)];
    for (let i = 0; i < name.length; i++) {
      for (const character of tokenCharacters) {
        if (character.toLowerCase() === name[i]!.toLowerCase()) continue;
        others.push(`${name.slice(0, i)}${character}${name.slice(i + 1)}`);
      }
    }
    for (const other of others) expect(find(`${other}: v\r\n`), other).toEqual(nothing);
  });

  it("is not found in a value", () => {
    expect(find(`a: ${name}: v\r\nb:${name}:v\r\n`)).toEqual(nothing);
  });
});

it("counts fields that may stand once, and joins the others", () => {
  expect(find("Host: a\r\nhost: b\r\nContent-Length: 1\r\ncontent-length: 2\r\n")).toEqual({
    ...nothing,
    host: "b",
    hostCount: 2,
    contentLength: "2",
    contentLengthCount: 2,
  });
  expect(find("Connection: a\r\nTransfer-Encoding: b\r\nconnection:\r\ntransfer-encoding: c\r\n")).toEqual({
    ...nothing,
    connection: "a, ",
    transferEncoding: "b, c",
  });
});

it("takes no more lines than it is told", () => {
  expect(find("a: b\r\n".repeat(3), 3)).toEqual(nothing);
  expect(() => find("a: b\r\n".repeat(4), 3)).toThrow("too many header fields");
});
