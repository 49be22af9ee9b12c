import fc from "fast-check";
import { field, type Trial } from "../../exchange/exchange.ts";
import { needsEcho, showsValue } from "../echo.ts";
import type { Facts } from "../facts.ts";
import { describe } from "../judges.ts";
import { deciding, head, post } from "../requests.ts";
import type { Rule, Site } from "../rule.ts";

const needsValues = (facts: Facts): string | null =>
  needsEcho(facts) ?? (facts.echo!.values ? null : "its echo shows no values of X-Echo");

/** A POST, which no cache answers, with these bytes in the place of a field's value; `value` is what has to be read. */
function withValue(site: Site, { echo }: Facts, raw: string, value: string): Trial {
  const text = post({ ...site, path: echo!.path }, [`X-Echo:${raw}`, "Content-Length: 0"]);
  return { exchanges: [{ ...deciding(text, "POST").exchanges[0]!, value }] };
}

/** Whitespace at the ends is gone from the value of a response, whatever the echo has read. */
const trimmed = (text: string) => text.replace(/^[ \t]+|[ \t]+$/g, "");

const needsMethods = (facts: Facts): string | null =>
  needsEcho(facts) ?? (facts.echo!.methods ? null : "its echo does not show methods");

function withMethod(site: Site, { echo }: Facts, ...methods: string[]): fc.Arbitrary<Trial> {
  return fc
    .constantFrom(...methods)
    .map((method) =>
      deciding(head(`${method} ${echo!.path} HTTP/1.1`, [`Host: ${site.host}`, "Content-Length: 0"]), method),
    );
}

const showsMethod: Rule["judge"] = ([outcome], { exchanges }) => {
  const [response] = outcome!.responses;
  const due = `${exchanges[0]!.methods[0]}, or a 4xx or 5xx`;
  if (response === undefined) return outcome!.end === "open" ? { due, got: describe(outcome!) } : null;
  const shown = field(response, "echo-method");
  // A framework may answer OPTIONS by itself.
  if (response.status >= 400 || shown === null || shown === exchanges[0]!.methods[0]) return null;
  return { due, got: `Echo-Method: ${shown}` };
};

/** Rules of fields, methods and trailers, which an echo shows. */
export const echoFields: readonly Rule[] = [
  {
    id: "rfc9110/5.5/echo-control-characters",
    level: "must",
    section: "RFC 9110 §5.5",
    security: true,
    says: "A value with a CR or NUL is refused, or each of them replaced by a space.",
    applies: needsValues,
    arbitrary: (site, facts) =>
      fc
        .constantFrom("a\rb", "a\0b", "a\r\rb")
        .map((raw) => withValue(site, facts, ` ${raw}`, raw.replace(/[\r\0]/g, " "))),
    judge: showsValue,
    mostRuns: 3,
  },
  {
    id: "rfc9112/5.2/echo-fold",
    level: "must",
    section: "RFC 9112 §5.2",
    security: true,
    says: "A folded value is refused with 400, or joined by spaces: nothing of it is lost, and no line's end is left in it.",
    applies: needsValues,
    arbitrary: (site, facts) =>
      fc.constantFrom(" a\r\n b", " a\r\n\tb", " a \r\n b").map((raw) => withValue(site, facts, raw, "a b")),
    judge: ([outcome], trial, facts) => {
      const [response] = outcome!.responses;
      const shown = response === undefined ? null : field(response, "echo-value");
      // One space or more take the place of each fold, and whitespace around it may stay.
      return shown !== null && /^a[ \t]+b$/.test(shown) ? null : showsValue([outcome!], trial, facts);
    },
    mostRuns: 3,
  },
  {
    id: "rfc9110/5.5/echo-whole-value",
    level: "must",
    section: "RFC 9110 §5.5",
    says: "A value is what is between the whitespace at its ends, and nothing of it is lost.",
    applies: needsValues,
    arbitrary: (site, facts) =>
      fc
        .tuple(
          fc.constantFrom("", " ", "\t", "  \t"),
          fc.constantFrom("a", "a b", "a:b", ":", "a,b", '"a"', "a\tb", "=;", "a".repeat(300)),
          fc.constantFrom("", " ", "\t "),
        )
        .map(([before, value, after]) => withValue(site, facts, `${before}${value}${after}`, trimmed(value))),
    judge: (outcomes, trial, facts) => {
      const [response] = outcomes[0]!.responses;
      if (response !== undefined && response.status < 400) return showsValue(outcomes, trial, facts);
      return { due: "a 200", got: describe(outcomes[0]!) };
    },
    reuses: true,
    mostRuns: 60,
  },
  {
    id: "rfc9110/9.1/echo-method",
    level: "should",
    section: "RFC 9110 §9.1",
    says: "A method is taken as it was sent, or refused.",
    applies: needsMethods,
    arbitrary: (site, facts) =>
      withMethod(site, facts, "PUT", "DELETE", "PATCH", "OPTIONS", "BREW", "purge", "brew", "M-SEARCH"),
    judge: showsMethod,
    mostRuns: 8,
  },
  {
    id: "rfc9110/9.1/echo-method-case",
    level: "should",
    section: "RFC 9110 §9.1",
    says: "Methods are case-sensitive: get is not taken for GET.",
    debatable: "the Request of the Fetch standard writes get and five other methods in upper case",
    applies: needsMethods,
    arbitrary: (site, facts) => withMethod(site, facts, "get", "Post", "gET"),
    judge: showsMethod,
    mostRuns: 3,
  },
  {
    id: "rfc9110/6.5.1/echo-trailer-apart",
    level: "must",
    section: "RFC 9110 §6.5.1",
    security: true,
    says: "A trailer field is not taken for a field of the head.",
    applies: needsValues,
    arbitrary: (site, { echo }) =>
      fc.constantFrom("", "X-Echo: head").map((line) => {
        const lines = ["Transfer-Encoding: chunked", ...(line === "" ? [] : [line])];
        const text = post({ ...site, path: echo!.path }, lines, "1\r\na\r\n0\r\nX-Echo: trailer\r\n\r\n");
        return { exchanges: [{ ...deciding(text, "POST").exchanges[0]!, value: line === "" ? "" : "head" }] };
      }),
    judge: showsValue,
    mostRuns: 2,
  },
  {
    id: "rfc9112/7.1.2/echo-trailer",
    level: "should",
    section: "RFC 9112 §7.1.2",
    says: "A trailer field reaches the application as it was sent.",
    applies: (facts) => needsEcho(facts) ?? (facts.echo!.trailers ? null : "its echo shows no trailers"),
    arbitrary: (site, { echo }) =>
      fc
        .tuple(fc.constantFrom("a", "a b", "a:b", ""), fc.constantFrom("", "X: y\r\n"))
        .map(([value, other]) => {
          const lines = ["Transfer-Encoding: chunked", "Trailer: X-Echo"];
          const text = post(
            { ...site, path: echo!.path },
            lines,
            `1\r\na\r\n0\r\n${other}X-Echo: ${value}\r\n\r\n`,
          );
          return { exchanges: [{ ...deciding(text, "POST").exchanges[0]!, value }] };
        }),
    judge: ([outcome], { exchanges }) => {
      const [response] = outcome!.responses;
      const shown = response === undefined ? null : (field(response, "echo-trailer") ?? "");
      if (shown === exchanges[0]!.value) return null;
      return {
        due: `Echo-Trailer: ${exchanges[0]!.value}`,
        got: `${describe(outcome!)}; Echo-Trailer: ${shown}`,
      };
    },
    reuses: true,
    mostRuns: 8,
  },
];
