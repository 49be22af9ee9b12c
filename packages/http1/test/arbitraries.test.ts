import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  absoluteForm,
  anyCase,
  authorityForm,
  byteByByte,
  chunkedBody,
  cutAt,
  cuts,
  fieldValue,
  hostValue,
  invalidRequests,
  invalidResponses,
  latin1,
  mutated,
  originForm,
  pipeline,
  plainField,
  token,
  validRequest,
  validResponse,
} from "../src/arbitraries/index.ts";
import { ERRORS } from "../src/errors.ts";
import { runs } from "./runs.ts";

const every = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void): void =>
  fc.assert(
    fc.property(arbitrary, (value) => {
      check(value);
    }),
    runs(300),
  );

/** Samples of the arbitrary. */
const sampled = <T>(arbitrary: fc.Arbitrary<T>): T[] => fc.sample(arbitrary, { numRuns: 1_000, seed: 1 });

describe("the arbitraries for parts", () => {
  it("have the defect of their name", () => {
    every(token, (text) => expect(text).toMatch(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/));
    every(fieldValue, (text) =>
      expect(text).toMatch(/^([\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/),
    );
    every(originForm, (text) => expect(text).toMatch(/^\/[^\s#?]*(\?[^\s#]*)?$/));
    every(absoluteForm, (text) => expect(new URL(text.replace(/^[^:]+/, "x")).protocol).toBe("x:"));
    every(authorityForm, (text) => expect(text).toMatch(/^.+:[0-9]+$/));
    every(hostValue, (text) => expect(text).not.toMatch(/[\s/?#@]/));
    every(anyCase("content-length"), (text) => expect(text.toLowerCase()).toBe("content-length"));
    every(plainField, ({ name, value, line }) => {
      expect(line.startsWith(`${name}:`)).toBe(true);
      expect(line.slice(name.length + 1).replace(/^[ \t]+|[ \t]+$/g, "")).toBe(value);
    });
    every(chunkedBody, ({ wire, content }) => expect(wire.length).toBeGreaterThan(content.length));
  });

  it("latin1 has one byte for each character, or none for any", () => {
    expect([...latin1("a\xff\0")]).toEqual([97, 255, 0]);
    expect(() => latin1("a\u0100")).toThrow(RangeError);
  });
});

describe("valid requests", () => {
  it("come in all kinds", () => {
    const requests = sampled(validRequest);
    const of = (check: (expected: (typeof requests)[number]["expected"]) => boolean): boolean =>
      requests.some(({ expected }) => check(expected));
    expect(of(({ minor }) => minor === 0)).toBe(true);
    expect(of(({ method }) => method === "CONNECT")).toBe(true);
    expect(of(({ target }) => target === "*")).toBe(true);
    expect(of(({ target }) => target.includes("://"))).toBe(true);
    expect(of(({ length }) => length > 0)).toBe(true);
    expect(of(({ framing, content }) => framing === "chunked" && content.length > 0)).toBe(true);
    expect(of(({ trailers }) => trailers.length > 0)).toBe(true);
    expect(of(({ expectsContinue }) => expectsContinue)).toBe(true);
    expect(of(({ upgrade }) => upgrade !== null)).toBe(true);
    expect(of(({ minor, keepAlive }) => minor === 0 && keepAlive)).toBe(true);
    expect(of(({ minor, keepAlive }) => minor === 1 && !keepAlive)).toBe(true);
    expect(of(({ host }) => host === null)).toBe(true);
    expect(of(({ host }) => host === "")).toBe(true);
    for (const byte of [0x09, 0x20, 0x80, 0xff]) {
      expect(requests.some(({ bytes, headBytes }) => bytes.subarray(0, headBytes).includes(byte))).toBe(true);
    }
  });

  it("have no content where their methods have none, and none comes behind CONNECT", () => {
    for (const { expected, headBytes, bytes } of sampled(validRequest)) {
      if (expected.method !== "CONNECT" && expected.method !== "TRACE") continue;
      expect([expected.framing, bytes.length]).toEqual(["none", headBytes]);
    }
    for (const requests of sampled(pipeline)) {
      const before = requests.slice(0, -1).map(({ expected }) => expected.method);
      expect(before).not.toContain("CONNECT");
    }
  });

  it("have a head of the given size", () => {
    every(validRequest, ({ bytes, headBytes }) => {
      expect(Buffer.from(bytes).indexOf("\r\n\r\n")).toBe(headBytes - 4);
    });
  });
});

it("there are invalid messages for each rejection", () => {
  const defects = new Set([...Object.keys(invalidRequests), ...Object.keys(invalidResponses)]);
  expect([...defects].sort()).toEqual(Object.keys(ERRORS).sort());
});

describe("valid responses", () => {
  it("come in all kinds", () => {
    const responses = sampled(validResponse);
    const of = (check: (expected: (typeof responses)[number]["expected"]) => boolean): boolean =>
      responses.some(({ expected }) => check(expected));
    expect(of(({ length }) => length > 0)).toBe(true);
    expect(of(({ framing }) => framing === "chunked")).toBe(true);
    expect(of(({ framing, content }) => framing === "until-close" && content.length > 0)).toBe(true);
    expect(of(({ transferCodings }) => transferCodings.length > 0)).toBe(true);
    expect(of(({ trailers }) => trailers.length > 0)).toBe(true);
    expect(of(({ minor, keepAlive }) => minor === 0 && keepAlive)).toBe(true);
    expect(of(({ minor, keepAlive }) => minor === 1 && !keepAlive)).toBe(true);
    expect(of(({ status }) => status < 100)).toBe(true);
    expect(of(({ status }) => status > 599)).toBe(true);
    expect(responses.some(({ interim }) => interim.length > 0)).toBe(true);
    // The framing fields of a response without content delimit nothing.
    expect(of(({ status, fields }) => status === 304 && fields.includes("Transfer-Encoding"))).toBe(true);
  });
});

describe("mutations", () => {
  it("mostly change something, and leave the most of it", () => {
    const source = latin1("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const mutations = fc.sample(mutated(fc.constant(source)), { numRuns: 500, seed: 1 });
    const changed = mutations.filter((bytes) => Buffer.compare(bytes, source) !== 0);
    expect(changed.length).toBeGreaterThan(400);
    expect(mutations.some((bytes) => bytes.length > source.length)).toBe(true);
    expect(mutations.some((bytes) => bytes.length < source.length)).toBe(true);
    expect([...source]).toEqual([...latin1("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]);
  });

  it("of nothing are nothing", () => {
    every(mutated(fc.constant(new Uint8Array(0))), (bytes) => expect(bytes.length).toBe(0));
  });
});

describe("cuts", () => {
  it("lose nothing and have no empty pieces", () => {
    fc.assert(
      fc.property(fc.uint8Array(), cuts, (bytes, places) => {
        for (const pieces of [cutAt(bytes, places), byteByByte(bytes)]) {
          expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes));
          expect(pieces.every((piece) => piece.length > 0)).toBe(true);
        }
      }),
    );
    expect(cutAt(latin1("abcd"), [5_000, 5_000, 2_500]).map((piece) => piece.length)).toEqual([1, 1, 2]);
  });
});
