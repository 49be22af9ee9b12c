import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Requirement } from "./requirement.ts";
import { compressionRequirements } from "./requirements-compression.ts";
import { exchangeRequirements } from "./requirements-exchange.ts";
import { framingRequirements } from "./requirements-framing.ts";
import { openingRequirements } from "./requirements-opening.ts";

const requirements: readonly Requirement[] = [
  ...openingRequirements,
  ...framingRequirements,
  ...exchangeRequirements,
  ...compressionRequirements,
];

/** The titles of the tests beside this one. */
async function titles(): Promise<Set<string>> {
  const found = new Set<string>();
  for (const file of await readdir(import.meta.dirname)) {
    if (!file.endsWith(".test.ts")) continue;
    const text = await readFile(new URL(file, import.meta.url), "utf8");
    for (const match of text.matchAll(/\bit(?:\.each\([^)]*\))?\("([^"]*)"/g)) found.add(match[1]!);
  }
  return found;
}

function row({ section, binds, text, tests, reason }: Requirement): string {
  const proof = [...tests.map((test) => `“${test}”`), ...(reason === undefined ? [] : [`— ${reason}`])];
  return `| ${section} | ${binds} | ${text} | ${proof.join("<br>")} |`;
}

describe("the checklist", () => {
  it("has a test or a reason for each requirement, and each test exists", async () => {
    const all = await titles();
    for (const { tests, reason } of requirements) {
      expect(tests.length > 0).toBe(reason === undefined);
      for (const test of tests) expect(all).toContain(test);
    }
  });

  it("is the content of CONFORMANCE.md (`vitest run -u` writes it)", async () => {
    const markdown = `# Conformance

Each MUST and MUST NOT of RFC 6455 that binds a client, a server or an endpoint, and the rules of RFC 7692, in our own words:
the role that it binds, and the test in [test/conformance](test/conformance) that checks it, or the reason why it does not apply to
a connection without sockets. The tables there are its source; a test compares.

| section | binds | to | test, or reason |
|---|---|---|---|
${requirements.map(row).join("\n")}
`;
    await expect(markdown).toMatchFileSnapshot("../../CONFORMANCE.md");
  });
});
