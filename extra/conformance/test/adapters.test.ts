import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { check, startClient, stayingCaller, type Verdict } from "@mantou/conformance";
import { Program } from "@mantou/testing/program";
import { afterAll, expect, it } from "vitest";

// Node.js looks for packages beside the file that imports them: the adapters are copied to where Express, Fastify and axios are.
const folder = mkdtempSync(fileURLToPath(new URL("../.adapters-", import.meta.url)));
cpSync(fileURLToPath(new URL("../../../examples/conformance/", import.meta.url)), folder, {
  recursive: true,
  filter: (path) => !path.includes("node_modules"),
});
const programs: Program[] = [];

afterAll(() => {
  for (const program of programs) program.kill();
  rmSync(folder, { recursive: true });
});

const held = (...names: string[]) => Object.fromEntries(names.map((name) => [name, "held"]));
const CONTENT = ["length", "chunked", "order", "large", "continue", "incomplete"];
const FIELDS = ["control-characters", "fold", "whole-value", "trailer-apart", "method", "method-case"];

it.each(["express.js", "fastify.js"])("%s keeps the echo contract", async (file) => {
  const program = new Program({ args: [file], cwd: folder, env: { PORT: "0" } });
  programs.push(program);
  const url = (await program.listening()).trim();
  const found: Record<string, string> = {};
  for await (const { rule, kind } of check(url, { only: ["/echo-"], runs: 20, seed: 1 })) {
    found[rule.id.split("echo-")[1]!] = kind;
  }
  expect(found).toEqual(held(...CONTENT, ...FIELDS, "trailer"));
});

it("axios keeps the contract of clients", async () => {
  const caller = stayingCaller([process.execPath, join(folder, "client/axios.js")]);
  const only = [
    "6.3/client-length",
    "client-chunked",
    "client-reason",
    "client-incomplete-length",
    "client-pong",
  ];
  const { verdicts } = await startClient(caller, { only, runs: 5, seed: 1, skip: ["length-invalid"] });
  const found: Verdict[] = [];
  for await (const verdict of verdicts) found.push(verdict);
  expect(Object.fromEntries(found.map(({ rule, kind }) => [rule.id, kind]))).toEqual({
    "rfc9112/6.3/client-length": "held",
    "rfc9112/7.1/client-chunked": "held",
    "rfc9112/4/client-reason": "held",
    "rfc9112/8/client-incomplete-length": "held",
    "rfc6455/5.5.2/client-pong": "not-applicable",
  });
});
