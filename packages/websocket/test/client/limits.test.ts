import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { DEFAULT_CLIENT_LIMITS, LINGER, LONGEST_DELAY, WAITING_PINGS } from "../../src/client/limits.ts";

describe("the client's limits", () => {
  it("are those of the README", async () => {
    const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    const { handshakeTimeout, closeTimeout, maxPayloadLength } = DEFAULT_CLIENT_LIMITS;
    for (const [name, value] of Object.entries({ handshakeTimeout, closeTimeout })) {
      expect(readme).toContain(`| \`${name}\` | ${value.toLocaleString("en-US")} |`);
    }
    expect(readme).toContain(`| \`maxPayloadLength\` | ${maxPayloadLength / 1024 / 1024} MiB |`);
  });

  it("are integers in their ranges", () => {
    for (const limit of [...Object.values(DEFAULT_CLIENT_LIMITS), LINGER, WAITING_PINGS]) {
      expect(Number.isInteger(limit) && limit > 0 && limit <= LONGEST_DELAY).toBe(true);
    }
  });
});
