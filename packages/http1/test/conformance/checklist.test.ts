import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Requirement } from "./requirement.ts";
import { semanticsOfExchanges } from "./requirements-rfc9110-exchanges.ts";
import { semanticsOfMessages } from "./requirements-rfc9110-messages.ts";
import { semanticsOfRouting } from "./requirements-rfc9110-routing.ts";
import { connectionRequirements } from "./requirements-rfc9112-connections.ts";
import { framingRequirements } from "./requirements-rfc9112-framing.ts";
import { messageRequirements } from "./requirements-rfc9112-messages.ts";
import { recommendations } from "./requirements-should.ts";

const requirements: readonly Requirement[] = [
  ...messageRequirements,
  ...framingRequirements,
  ...connectionRequirements,
  ...semanticsOfMessages,
  ...semanticsOfRouting,
  ...semanticsOfExchanges,
];

/** The titles of the tests beside this one. */
async function titles(): Promise<Set<string>> {
  const found = new Set<string>();
  for (const file of await readdir(import.meta.dirname)) {
    if (!file.endsWith(".test.ts")) continue;
    const text = await readFile(new URL(file, import.meta.url), "utf8");
    for (const match of text.matchAll(/\bit\("([^"]*)"/g)) found.add(match[1]!);
  }
  return found;
}

function row({ section, binds, text, tests, reason }: Requirement): string {
  const proof = [...tests.map((test) => `“${test}”`), ...(reason === undefined ? [] : [`— ${reason}`])];
  return `| ${section} | ${binds} | ${text} | ${proof.join("<br>")} |`;
}

function table(rows: readonly Requirement[]): string {
  return `| section | binds | to | test, or reason |\n|---|---|---|---|\n${rows.map(row).join("\n")}`;
}

describe("the checklist", () => {
  it("has a test or a reason for each requirement and recommendation, and each test exists", async () => {
    const all = await titles();
    for (const { tests, reason } of [...requirements, ...recommendations]) {
      expect(tests.length > 0).toBe(reason === undefined);
      for (const test of tests) expect(all).toContain(test);
    }
  });

  it("is the content of CONFORMANCE.md (`vitest run -u` writes it)", async () => {
    const markdown = `# Conformance

Each MUST and MUST NOT of RFC 9112, and those of RFC 9110 that touch messages, in our own words: the role that it binds, and
the test in [test/conformance](test/conformance) that checks it, or the reason why it does not apply to a connection without sockets.
The tables there are its source; a test compares. \`pnpm --filter @mantou/http1 run mutate\` takes out each check of the parser once and
expects these tests to fail.

${table(requirements)}

## Recommended

The SHOULDs by which servers and clients are commonly judged.

${table(recommendations)}
`;
    await expect(markdown).toMatchFileSnapshot("../../CONFORMANCE.md");
  });
});
