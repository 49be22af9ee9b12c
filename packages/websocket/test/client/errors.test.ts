import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { CLIENT_ERRORS, ClientError, type ClientErrorCode } from "../../src/client/errors.ts";

describe("CLIENT_ERRORS", () => {
  it.each(Object.keys(CLIENT_ERRORS) as ClientErrorCode[])("%s is a row and an error", (code) => {
    const error = new ClientError(code);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code, name: "WebSocketClientError", ...CLIENT_ERRORS[code] });
    expect(error.message).toMatch(/^[a-z]/);
    expect("cause" in error).toBe(false);
  });

  it("are listed in README.md", async () => {
    const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    const rows = Object.entries(CLIENT_ERRORS).map(
      ([code, { message, rule }]) => `| \`${code}\` | ${message} | ${rule} |`,
    );
    const table = ["| Code | Message | Rule |", "|---|---|---|", ...rows].join("\n");
    expect(readme).toContain(`<!-- failures -->\n${table}\n<!-- /failures -->`);
  });

  it("can have a detail and a cause", () => {
    const cause = new Error("why");
    const error = new ClientError("RESPONSE_REFUSED", "the status is 404", cause);
    expect(error.message).toBe(`${CLIENT_ERRORS.RESPONSE_REFUSED.message}: the status is 404`);
    expect(error.cause).toBe(cause);
  });
});
