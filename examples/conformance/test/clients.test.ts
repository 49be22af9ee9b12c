import process from "node:process";
import { fileURLToPath } from "node:url";
import { startClient, stayingCaller } from "@mantou/conformance";
import { findBrowser } from "@mantou/testing/browser";
import { expect, it } from "vitest";

const browser = findBrowser("the client in a browser");

/** The verdicts on a command of the folder client, with one run of each rule. */
async function verdicts(file: string, only: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const caller = stayingCaller([
    process.execPath,
    fileURLToPath(new URL(`../client/${file}`, import.meta.url)),
  ]);
  const run = await startClient(caller, { only, runs: 1, seed: 1, concurrency: 1, timeout: 20_000 });
  const found: Record<string, string> = {};
  for await (const { rule, kind } of run.verdicts) found[rule.id.split("client-")[1]!] = kind;
  return found;
}

it("node:http fails where a response breaks, also behind its head", async () => {
  const only = ["client-length", "client-chunk-end", "client-101", "client-pong"];
  expect(await verdicts("node-http.js", only)).toMatchObject({
    length: "held",
    "chunk-end": "held",
    "101": "held",
    pong: "not-applicable",
  });
});

it.skipIf(browser === null)("a browser reads responses, and opens WebSockets", async () => {
  process.env["CHROMIUM"] ??= browser!;
  const only = ["rfc9112/6.3/client-length", "client-reason", "client-pong", "client-rsv"];
  expect(await verdicts("browser.js", only)).toMatchObject({
    length: "held",
    reason: "held",
    pong: "held",
    rsv: "held",
  });
});
