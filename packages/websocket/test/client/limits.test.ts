import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { CLIENT_DEFAULTS, LINGER, LONGEST_DELAY, WAITING_PINGS } from "../../src/client/limits.ts";

describe("the client's limits", () => {
  it("are those of the README", async () => {
    const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    const { handshakeTimeout, closeTimeout, maxPayloadLength } = CLIENT_DEFAULTS;
    for (const [name, value] of Object.entries({ handshakeTimeout, closeTimeout })) {
      expect(readme).toContain(`| \`${name}\` | ${value.toLocaleString("en-US")} |`);
    }
    expect(readme).toContain(`| \`maxPayloadLength\` | ${maxPayloadLength / 1024 / 1024} MiB |`);
  });

  it("are integers in their ranges", () => {
    for (const limit of [...Object.values(CLIENT_DEFAULTS), LINGER, WAITING_PINGS]) {
      expect(Number.isInteger(limit) && limit > 0 && limit <= LONGEST_DELAY).toBe(true);
    }
  });
});
