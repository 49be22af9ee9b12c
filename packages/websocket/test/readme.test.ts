import { readReadme, testExamples } from "@mantou/testing/readme";
import { describe, expect, it } from "vitest";
import { ERRORS } from "../src/errors.ts";
import { DEFAULT_LIMITS } from "../src/limits.ts";

const root = new URL("../", import.meta.url);
const readme = readReadme(root);

describe("README.md", () => {
  it("lists the errors as errors.ts does", () => {
    const rows = Object.entries(ERRORS).map(
      ([code, { closeCode, message, rfc }]) => `| \`${code}\` | ${closeCode} | ${message} | ${rfc} |`,
    );
    const table = ["| Code | Close code | Message | Rule |", "|---|---|---|---|", ...rows].join("\n");
    expect(readme.text).toContain(`<!-- errors -->\n${table}\n<!-- /errors -->`);
  });

  it("lists the limits as limits.ts does", () => {
    const listed = [...readme.text.matchAll(/^\| `(\w+)` \| ([\d,]+)( MiB)? \|/gm)].map(
      ([, name, value, unit]) => [name, Number(value!.replaceAll(",", "")) * (unit ? 1024 * 1024 : 1)],
    );
    expect(Object.fromEntries(listed.filter(([name]) => String(name) in DEFAULT_LIMITS))).toEqual(
      DEFAULT_LIMITS,
    );
  });
});

testExamples(root, readme);
