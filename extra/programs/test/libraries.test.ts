import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ServeOptions } from "@mantou/serve";
import { findBun } from "@mantou/testing/bun";
import { describe, expect, it } from "vitest";
import type { Transcript } from "./support/conversation.ts";
import { asMantouSays } from "./support/differences.ts";
import { LIBRARIES } from "./support/libraries.ts";
import { MANTOU } from "./support/program.ts";
import type { Script } from "./support/script.ts";
import { type Client, serveHere, serveTo } from "./support/service.ts";

const isRecording = process.env["MANTOU_RECORD"] === "1";
const bun = findBun();
// Bun does not depend on the line of Node.js: a matrix asks it once.
const asksBun = bun !== null && process.env["MANTOU_WITHOUT_BUN"] !== "1";

/**
 * Those whose program does without the global `Bun`: `app.ts` has its options. They ask for the global `WebSocket`, which Node.js 20 has
 * not. GraphQL Yoga has a `fetch` of its own on Node.js, whose errors read differently.
 */
const PLAIN = typeof WebSocket === "undefined" ? [] : ["socket-io", "trpc"];

/** The clients run here, on this Node.js, without `mantou`. */
describe.each(LIBRARIES)("%s", (name) => {
  const script: Script = { command: [`${name}/server.ts`], env: { DATA: "{{temp}}" }, steps: [] };
  const transcript = fileURLToPath(new URL(`../libraries/${name}/transcript.json`, import.meta.url));

  it.skipIf(!asksBun)("its client hears from Bun what is recorded", async () => {
    const said = await serveTo(await clientOf(name), "libraries", script, { binary: bun!, args: [] });
    if (isRecording) writeFileSync(transcript, `${JSON.stringify(said, null, 2)}\n`);
    else expect(said).toEqual(recorded());
  });

  it.skipIf(isRecording)("its client hears the same from mantou", async () => {
    const said = await serveTo(await clientOf(name), "libraries", script, MANTOU);
    expect(said).toEqual(asMantouSays(recorded(), script));
  });

  it.skipIf(isRecording || !PLAIN.includes(name))("and from @mantou/serve in this process", async () => {
    const said = await serveHere(await clientOf(name), await optionsOf(name));
    expect(said.steps).toEqual(asMantouSays(recorded(), script).steps);
  });

  function recorded(): Transcript {
    return JSON.parse(readFileSync(transcript, "utf8")) as Transcript;
  }
});

async function optionsOf(name: string): Promise<ServeOptions> {
  const module = (await import(`../libraries/${name}/app.ts`)) as { readonly default: ServeOptions };
  return module.default;
}

async function clientOf(name: string): Promise<Client> {
  const module = (await import(`../libraries/${name}/client.ts`)) as { readonly default: Client };
  return module.default;
}
