import { fileURLToPath } from "node:url";
import { check } from "@mantou/conformance";
import { findBun, NO_BUN } from "@mantou/testing/bun";
import { Program } from "@mantou/testing/program";
import { afterAll, describe, expect, it } from "vitest";
import { runs } from "../../../vitest.runs.ts";

const cwd = fileURLToPath(new URL("../", import.meta.url));
const bun = findBun();
const programs: Program[] = [];

afterAll(() => {
  for (const program of programs) program.kill();
});

/** The rules that an echo adds, and their verdicts. */
async function verdicts(args: string[], binary?: string): Promise<Readonly<Record<string, string>>> {
  const program = new Program({ args, cwd, env: { PORT: "0" }, ...(binary !== undefined && { binary }) });
  programs.push(program);
  const url = (await program.listening()).trim();
  const found: Record<string, string> = {};
  for await (const { rule, kind } of check(url, { only: ["/echo-"], runs: runs(60).numRuns, seed: 1 })) {
    found[rule.id.split("echo-")[1]!] = kind;
  }
  return found;
}

const held = (...names: string[]) => Object.fromEntries(names.map((name) => [name, "held"]));
const CONTENT = ["length", "chunked", "order", "large", "continue", "incomplete"];
const FIELDS = ["control-characters", "fold", "whole-value", "trailer-apart", "method", "method-case"];

describe("an endpoint keeps the echo contract, and its server the rules that show by it", () => {
  it("node:http", async () => {
    expect(await verdicts(["node-http.js"])).toEqual(held(...CONTENT, ...FIELDS, "trailer"));
  });

  it.each(["mantou.js", "hono.js"])("%s", async (file) => {
    // Fetch has no trailers, and takes get for GET.
    expect(await verdicts([file])).toEqual({
      ...held(...CONTENT, ...FIELDS),
      trailer: "not-applicable",
      "method-case": "broken",
    });
  });

  it.skipIf(bun === null)(`Bun${bun === null ? ` (${NO_BUN})` : ""}`, async () => {
    expect(await verdicts(["bun.js"], bun!)).toMatchObject(held("length", "large", "whole-value"));
  });
});
