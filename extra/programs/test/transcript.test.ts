import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findBun } from "@mantou/testing/bun";
import { describe, expect, it } from "vitest";
import { converse, type Transcript } from "./support/conversation.ts";
import { asMantouSays, rows } from "./support/differences.ts";
import { MANTOU } from "./support/program.ts";
import { PROGRAMS } from "./support/programs.ts";
import type { Script } from "./support/script.ts";

const isRecording = process.env["MANTOU_RECORD"] === "1";
const bun = findBun();
// Bun does not depend on the line of Node.js: a matrix asks it once.
const asksBun = bun !== null && process.env["MANTOU_WITHOUT_BUN"] !== "1";

const documented = readFileSync(new URL("../../../docs/differences-from-bun.md", import.meta.url), "utf8");

it.each(rows)("the difference %s is documented", (row) => {
  expect(documented).toContain(`| ${row} |`);
});

/** What Bun said: the committed transcript. */
describe.each(PROGRAMS)("%s", (name) => {
  const script = read<Script>(name, "requests.json");

  it("has at least fifteen requests and messages", () => {
    const sent = script.steps.filter(
      (step) => "send" in step || "open" in step || "say" in step || "sayHex" in step,
    );
    expect(sent.length).toBeGreaterThanOrEqual(15);
  });

  it.skipIf(!asksBun)("answers on Bun as recorded", async () => {
    const transcript = await converse(name, script, { binary: bun!, args: [] });
    if (isRecording) {
      writeFileSync(pathOf(name, "transcript.json"), `${JSON.stringify(transcript, null, 2)}\n`);
    } else {
      expect(transcript).toEqual(read<Transcript>(name, "transcript.json"));
    }
  });

  it.skipIf(isRecording)("answers under mantou as on Bun", async () => {
    const transcript = await converse(name, script, MANTOU);
    expect(transcript).toEqual(asMantouSays(read<Transcript>(name, "transcript.json"), script));
  });
});

function read<T>(name: string, file: string): T {
  return JSON.parse(readFileSync(pathOf(name, file), "utf8")) as T;
}

function pathOf(name: string, file: string): string {
  return fileURLToPath(new URL(`../${name}/${file}`, import.meta.url));
}
