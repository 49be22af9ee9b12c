import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type CheckOptions, check } from "../src/run/check.ts";
import { startServer } from "./support/faulty-server.ts";

/** Rules of each kind: a refusal, a canary, pieces, the end of the client's side, and what the server sends. */
const ONLY = ["host-missing", "te-and-cl", "any-cut", "incomplete-request", "rfc9110/6.6.1/date", "9.6/"];

async function kinds(url: string, options: CheckOptions): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for await (const { rule, kind } of check(url, { seed: 1, runs: 10, only: ONLY, ...options }))
    found[rule.id] = kind;
  return found;
}

function held(found: Readonly<Record<string, string>>): void {
  expect(Object.keys(found).length).toBeGreaterThan(6);
  expect(Object.entries(found).filter(([, kind]) => kind !== "held")).toEqual([]);
}

it("examines over TLS, with a certificate that nothing vouches for", async () => {
  const server = await startServer({}, { tls: true });
  held(await kinds(server.url, {}));
  await server.close();
});

it("examines over a Unix socket", async () => {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  const unix = join(folder, "socket");
  const server = await startServer({}, { unix });
  held(await kinds(server.url, { unix }));
  await server.close();
  rmSync(folder, { recursive: true });
});

it("finds the same by the same seed, and only what it is asked for", async () => {
  const server = await startServer({ output: (text) => text.replace(/Date: [^\r]*\r\n/g, "") });
  const only = ["rfc9110/6.6.1/date"];
  const trials = async () => {
    const seen: unknown[] = [];
    for await (const verdict of check(server.url, { seed: 5, only })) {
      expect(verdict.kind).toBe("broken");
      if (verdict.kind === "broken") seen.push(verdict.runs, verdict.violation.trial);
    }
    return seen;
  };
  expect(await trials()).toEqual(await trials());
  expect(await kinds(server.url, { only: ["host"], skip: ["host-invalid"], level: "must" })).toEqual({
    "rfc9112/3.2/host-missing": "held",
    "rfc9112/3.2/host-duplicate": "held",
  });
  await server.close();
});
