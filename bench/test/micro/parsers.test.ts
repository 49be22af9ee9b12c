import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { cases, findCase, type Tally } from "../../src/micro/cases.ts";
import { check, contestants, findContestant } from "../../src/micro/parsers.ts";

const nothing = (): Tally => ({ messages: 0, fields: 0, bodyBytes: 0 });

describe("contestants", () => {
  // What has to be downloaded is checked by each of its measurements.
  for (const contestant of contestants.filter(({ fetched }) => fetched === undefined)) {
    it.each(cases)(`${contestant.name} finds in $name what it has to, again and again`, (input) => {
      const tally = nothing();
      const operate = contestant.prepare(input, tally, "");
      for (let i = 0; i < 3; i++) check(contestant, input, operate, tally);
      expect(tally.messages).toBe(3 * input.expected.messages);
    });

    it(`${contestant.name} is caught when it finds something else`, () => {
      const input = findCase("fields-8");
      const tally = nothing();
      const operate = contestant.prepare(input, tally, "");
      const wrong = { ...input, expected: { ...input.expected, bodyBytes: 1 } };
      expect(() => check(contestant, wrong, operate, tally)).toThrow("finds 0 bodyBytes in fields-8, not 1");
    });

    it(`${contestant.name} fails on bytes that are no request`, () => {
      const tally = nothing();
      const pieces = [Buffer.from("GET / HTTP/1.1\r\nHost a\r\n\r\n")];
      expect(contestant.prepare({ ...findCase("tiny"), pieces }, tally, "")).toThrow();
    });
  }

  it("are found by name", () => {
    expect(findContestant("node").name).toBe("node");
    expect(() => findContestant("nodee")).toThrow('there is no contestant "nodee"; there are: mantou,');
  });
});
