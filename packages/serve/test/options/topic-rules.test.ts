import { describe, expect, it } from "vitest";
import { resolveTopicRules } from "../../src/options/topic-rules.ts";

const history = { size: 200, seconds: 300 };

describe("the option topics", () => {
  it("is nothing without a rule", () => {
    for (const topics of [undefined, null, {}, { a: {} }, { "room/*": { history: false, presence: null } }])
      expect(resolveTopicRules(topics)).toBeNull();
  });

  it("finds a topic's rule by its exact name, else by the longest beginning", () => {
    const [one, two, three] = [1, 2, 3].map((size) => ({ size, seconds: 1 }));
    const rules = resolveTopicRules({
      "room/*": { history: one },
      "room/big/*": { history: two },
      "room/lobby": {},
      news: { history: three },
      "*": {},
    })!;
    const found = (topic: string): number | null => rules.find(topic)?.history?.size ?? null;
    const all = ["room/", "room/7", "room/*", "room/big", "room/big/7", "room/lobby", "room/lobby2"];
    // Twice: the second time from memory.
    for (let i = 0; i < 2; i++) {
      expect(all.map(found)).toEqual([1, 1, 1, 1, 2, null, 1]);
      expect(["news", "news/7", "room", "constructor"].map(found)).toEqual([3, null, null, null]);
    }
  });

  it("takes any number of names", () => {
    const rules = resolveTopicRules({ "room/*": { history } })!;
    // More than it remembers.
    const numbers = Array.from({ length: 12_000 }, (_, i) => i);
    const wrong = numbers.filter(
      (i) => rules.find(`room/${i}`)?.history?.size !== 200 || rules.find(`${i}`) !== null,
    );
    expect(wrong).toEqual([]);
  });

  const name = 'topics["room/*"]';
  const rule = (given: unknown): unknown => ({ "room/*": given });
  const kept = (given: unknown): unknown => rule({ history: given });

  it.each([
    [5, "topics must be an object"],
    [[], "topics must be an object"],
    [{ "": {} }, "topics must not name the empty topic"],
    [{ "a*b": {} }, 'topics["a*b"]: a * stands at the end of a name'],
    [rule(true), `${name} must be an object of rules`],
    [rule(null), `${name} must be an object of rules`],
    [rule({ histroy: {} }), `${name} has no rule "histroy"`],
    [rule({ toString: {} }), `${name} has no rule "toString"`],
    [kept(true), `${name}.history must be an object`],
    [kept([]), `${name}.history must be an object`],
    [kept({ size: 1, second: 1 }), `${name}.history has no "second"`],
    [kept({}), `${name}.history.size must be an integer from 1 to 10000, not undefined`],
    [kept({ size: "200", seconds: 1 }), `${name}.history.size must be an integer from 1 to 10000, not "200"`],
    [kept({ size: 200 }), `${name}.history.seconds must be an integer from 1 to 604800, not undefined`],
  ])("refuses %j", (topics, message) => {
    expect(() => resolveTopicRules(topics)).toThrow(TypeError);
    expect(() => resolveTopicRules(topics)).toThrow(message);
  });

  it.each([
    ["size", 0],
    ["size", 1.5],
    ["size", 10_001],
    ["size", Number.NaN],
    ["seconds", 0],
    ["seconds", 604_801],
    ["seconds", -1],
  ])("refuses %s: %d", (key, value) => {
    const topics = kept({ ...history, [key]: value });
    expect(() => resolveTopicRules(topics)).toThrow(RangeError);
    expect(() => resolveTopicRules(topics)).toThrow(`${name}.history.${key} must be an integer from 1 to`);
  });
});
