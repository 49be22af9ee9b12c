import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { ClientError, FAILURES, type FailureCode } from "../../src/client/errors.ts";

describe("FAILURES", () => {
  it.each(Object.keys(FAILURES) as FailureCode[])("%s is a row and an error", (code) => {
    const error = new ClientError(code);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code, name: "WebSocketClientError", ...FAILURES[code] });
    expect(error.message).toMatch(/^[a-z]/);
    expect("cause" in error).toBe(false);
  });

  it("are listed in README.md", async () => {
    const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    const rows = Object.entries(FAILURES).map(
      ([code, { message, rule }]) => `| \`${code}\` | ${message} | ${rule} |`,
    );
    const table = ["| Code | Message | Rule |", "|---|---|---|", ...rows].join("\n");
    expect(readme).toContain(`<!-- failures -->\n${table}\n<!-- /failures -->`);
  });

  it("can say more, and why", () => {
    const cause = new Error("why");
    const error = new ClientError("ANSWER_REFUSED", "the status is 404", cause);
    expect(error.message).toBe(`${FAILURES.ANSWER_REFUSED.message}: the status is 404`);
    expect(error.cause).toBe(cause);
  });
});
