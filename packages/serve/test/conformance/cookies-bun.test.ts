import { callInBun, findBun, NO_BUN } from "@mantou/testing/bun";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Cookie } from "../../src/cookies/cookie.ts";
import { CookieMap } from "../../src/cookies/cookie-map.ts";
import { type CookieAct, type CookieOutcome, performCookieActs } from "../support/cookie-acts.ts";

const bun = findBun();
const COUNT = 3000;

/** A kind of act of which something else comes in Bun 1.4.5; docs/differences-from-bun.md has the same list. */
interface Difference {
  readonly name: string;
  readonly why: string;
  readonly example: CookieAct;
  covers(act: CookieAct): boolean;
}

/** All that a cookie is made of, besides name and value. */
const inits = (act: CookieAct): Record<string, unknown>[] => {
  const args = act.kind === "cookie" ? act.args : act.kind === "map" ? act.steps.flat() : [];
  return args.filter((arg): arg is Record<string, unknown> => typeof arg === "object" && arg !== null);
};
const given = (name: string, act: CookieAct): unknown[] => [
  ...inits(act).map((init) => init[name]),
  ...(act.kind === "set property" && act.name === name ? [act.value] : []),
];
const attributes = (act: CookieAct, pattern: RegExp): boolean =>
  act.kind === "parse" && pattern.test(act.text);

const differences: readonly Difference[] = [
  {
    name: "Max-Age that is no whole number is rounded up, and kept within what a number can count",
    why: "RFC 6265 §4.1.1 has digits only: browsers ignore 1.5, 1e+21 and Infinity, and keep the cookie until they are closed",
    example: { kind: "cookie", args: ["a", "b", { maxAge: 1.5 }] },
    covers: (act) =>
      given("maxAge", act).some((age) => typeof age === "number" && !Number.isSafeInteger(age)),
  },
  {
    name: "a maxAge that is no number is refused",
    why: "Bun ignores it in a constructor, and makes it a number in a setter",
    example: { kind: "cookie", args: ["a", "b", { maxAge: "5" }] },
    covers: (act) => given("maxAge", act).some((age) => typeof (age ?? 0) !== "number"),
  },
  {
    name: "sameSite is taken in any letter case",
    why: "Bun's setter takes it so too, its constructor does not",
    example: { kind: "cookie", args: ["a", "b", { sameSite: "Strict" }] },
    covers: (act) => given("sameSite", act).some((mode) => /^(?:strict|lax|none)$/i.test(String(mode))),
  },
  {
    name: "a domain or path that is set to null is the default",
    why: 'Bun makes it the text "null"',
    example: { kind: "set property", name: "domain", value: null },
    covers: (act) => act.kind === "set property" && /domain|path/.test(act.name) && act.value === null,
  },
  {
    name: "Expires is never a date that browsers cannot read",
    why: "RFC 6265 §5.1.1 has years of four digits from 1601 on; Bun writes others, and 00 Jan 0000 for what is no date",
    example: { kind: "cookie", args: ["a", "b", { expires: 1e12 }] },
    covers: (act) =>
      given("expires", act).some(
        (time) => typeof time === "number" && (time > 253_402_300_799 || time < -11_644_473_600),
      ),
  },
  {
    name: "Max-Age of a cookie string with anything but digits is ignored",
    why: "RFC 6265 §5.2.2; Bun takes the digits in front",
    example: { kind: "parse", text: "a=b; Max-Age=5x" },
    covers: (act) => attributes(act, /max-age=(?!-?[0-9]{1,15}\s*(?:;|$))/i),
  },
  {
    name: "a Path of a cookie string that does not begin with a slash means the default",
    why: "RFC 6265 §5.2.4: the last one counts; Bun keeps an earlier one",
    example: { kind: "parse", text: "a=b; Path=/a; Path=b" },
    covers: (act) => attributes(act, /path=?\s*(?:$|;|[^/=;\s])/i),
  },
  {
    name: "a date in a cookie string is read without its zone, and must exist",
    why: "RFC 6265 §5.1.1; Bun reads it as JavaScript does",
    example: { kind: "parse", text: "a=b; Expires=Wed, 31 Feb 2015 07:28:00 PST" },
    covers: (act) => attributes(act, /expires=[^;]*(?:Feb|PST|\+)/i),
  },
  {
    name: "a value that is no percent-encoded UTF-8 stays as it is",
    why: "Bun puts U+FFFD in place of what it cannot read, which is lost",
    example: { kind: "map", init: "a=100%", steps: [] },
    covers: (act) => act.kind === "map" && /%(?!20)/.test(JSON.stringify(act.init)),
  },
  {
    name: "a cookie that was set to an empty value is there",
    why: "get() gives null if the cookie does not exist, it says; Bun does so for an empty one too",
    example: {
      kind: "map",
      init: "",
      steps: [
        ["set", "a", ""],
        ["get", "a"],
        ["has", "a"],
      ],
    },
    covers: (act) =>
      act.kind === "map" &&
      act.steps.some(
        ([method, first, value = Object(first).value ?? ""]) => method === "set" && value === "",
      ),
  },
  {
    name: "a delete() that is refused changes nothing",
    why: "Bun takes the cookie out of the map, but does not tell the browser",
    example: { kind: "map", init: "a=1", steps: [["delete", "a", { path: "/;" }]] },
    covers: (act) =>
      act.kind === "map" &&
      performCookieActs({ Cookie, CookieMap }, [act]).some(
        (outcome) =>
          outcome !== "refused" &&
          (outcome.made as unknown[][])[0]!.some(
            (result, i) => result === "refused" && act.steps[i]![0] === "delete",
          ),
      ),
  },
  {
    name: "set() and delete() need an argument",
    why: "Bun does nothing, and says nothing",
    example: { kind: "map", init: "", steps: [["set"]] },
    covers: (act) => act.kind === "map" && act.steps.some((step) => step.length === 1),
  },
];

const name = fc.constantFrom("a", "b", "__Host-a", "a b", "", "a;", "a,b", '"', "\u00e9");
const value = fc.oneof(
  fc.constantFrom("", "x", "a b", "%20", "\u00e9", '"', "a\n", ";", "\u{1f600}"),
  fc.string({ maxLength: 5 }),
);
const init = fc.record(
  {
    domain: fc.constantFrom("a.b", ".a", "", "A", "a_b", "a b", "-", null),
    path: fc.constantFrom("/", "", "/a b", "x", "/;", "/\u00e9", "/%", null),
    expires: fc.oneof(
      fc.integer(),
      fc.constantFrom(1e12, -1e11, "x", "2020-01-01", "Wed, 21 Oct 2015 07:28:00 GMT", true, null),
    ),
    maxAge: fc.oneof(fc.integer(), fc.constantFrom(1.5, -0.5, 1e21, "5", null)),
    secure: fc.constantFrom(true, false, 1, ""),
    httpOnly: fc.boolean(),
    partitioned: fc.boolean(),
    sameSite: fc.constantFrom("strict", "lax", "none", "Strict", "x", "", null),
  },
  { requiredKeys: [] },
);
const attribute = fc.constantFrom(
  ..."Path=/a|path = /b|Path=x|Path|Domain=A.b|domain=|Domain=a b|Secure|SECURE=no|HttpOnly|Partitioned".split(
    "|",
  ),
  ..."Max-Age=5|max-age=-1|Max-Age=1.5|Max-Age|Max-Age=x|SameSite=Strict|samesite=NONE|SameSite=x|x=y|".split(
    "|",
  ),
  ..."Expires=Wed, 21 Oct 2015 07:28:00 GMT|expires=Wednesday, 21-Oct-15 07:28:00 GMT|Expires=0".split("|"),
  "Expires=Wed, 31 Feb 2015 07:28:00 GMT",
);
const pair = fc.oneof(
  fc.constantFrom(
    "a=b",
    "a = b",
    "a=",
    "=b",
    "a",
    "a b=c",
    "a=b=c",
    'a="b"',
    "a=\u00e9",
    " a=b",
    "a=b\n",
    "%61=%20",
  ),
  fc.tuple(name, value).map(([name, value]) => `${name}=${value}`),
);
const step = fc.oneof(
  fc.tuple(fc.constant("set"), name, value),
  fc.tuple(fc.constant("set"), name, value, init),
  fc.tuple(
    fc.constant("set"),
    fc.record({ name, value, path: fc.constant("/x") }, { requiredKeys: ["name"] }),
  ),
  fc.tuple(fc.constantFrom("get", "has", "delete"), name),
  fc.tuple(
    fc.constant("delete"),
    fc.record({ name, domain: fc.constantFrom("a.b", null, "A") }, { requiredKeys: [] }),
  ),
  fc.tuple(fc.constant("delete"), name, fc.record({ path: fc.constantFrom("/x", "", null, "/;") })),
);
const act: fc.Arbitrary<CookieAct> = fc.oneof(
  fc.record({
    kind: fc.constant("cookie" as const),
    args: fc.oneof(fc.tuple(name, value), fc.tuple(name, value, init)),
  }),
  fc.record({
    kind: fc.constant("parse" as const),
    text: fc
      .tuple(pair, fc.array(attribute, { maxLength: 4 }))
      .map(([pair, more]) => [pair, ...more].join("; ")),
  }),
  fc.record({
    kind: fc.constant("set property" as const),
    name: fc.constantFrom("value", "domain", "path", "expires", "maxAge", "secure", "sameSite"),
    value: fc.constantFrom(null, 5, 1.5, "5", "x", "", "a.b", "/x", "Strict", true, ";"),
  }),
  fc.record({
    kind: fc.constant("map" as const),
    init: fc.oneof(
      // No field of HTTP has a line's end in it.
      fc
        .array(pair, { maxLength: 4 })
        .map((pairs) => pairs.join("; ").replace(/[^\t\x20-\x7e\x80-\xff]/g, "")),
      fc.array(fc.tuple(name, value), { maxLength: 3 }),
      fc.dictionary(name, value, { maxKeys: 3 }),
      fc.constantFrom(null, 5, true, [["a"]], ["ab"], [["a", "b", "c"]]),
    ),
    steps: fc.array(step, { maxLength: 4 }) as fc.Arbitrary<[string, ...unknown[]][]>,
  }),
);

const here = (acts: readonly CookieAct[]): CookieOutcome[] => performCookieActs({ Cookie, CookieMap }, acts);

async function inBun(acts: readonly CookieAct[]): Promise<CookieOutcome[]> {
  const source = `(acts) => (${performCookieActs})(Bun, acts)`;
  return (await callInBun(bun!, source, acts)) as CookieOutcome[];
}

describe.skipIf(bun === null)(`cookies in Bun and here${bun === null ? ` (${NO_BUN})` : ""}`, () => {
  it(`are the same for ${COUNT} generated acts, but for the differences below`, async () => {
    const acts = fc.sample(act, { numRuns: COUNT, seed: Number(fc.readConfigureGlobal().seed) });
    const theirs = await inBun(acts);
    const unexplained = here(acts)
      .map((ours, i) => ({ act: acts[i]!, ours, theirs: theirs[i]! }))
      .filter(({ act }) => !differences.some(({ covers }) => covers(act)))
      .filter(({ ours, theirs }) => JSON.stringify(ours) !== JSON.stringify(theirs));
    expect(unexplained.slice(0, 5)).toEqual([]);
  });

  it.each(differences)("$name: $why", async ({ example, covers }) => {
    expect(covers(example)).toBe(true);
    expect(here([example])).not.toEqual(await inBun([example]));
  });
});
