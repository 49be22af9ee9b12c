import { check } from "@mantou/conformance";
import { expect, it } from "vitest";
import { runs } from "../support/runs.ts";
import { start } from "../support/servers.ts";

it("breaks no rule of the PROXY protocol that mantou-conformance has", async () => {
  const server = start({ proxyProtocol: true, fetch: () => new Response("hello") });
  const kinds: string[] = [];
  const options = { proxyProtocol: true, seed: 1, runs: runs(200).numRuns };
  for await (const { kind, rule } of check(String(server.url), options)) kinds.push(`${rule.id} ${kind}`);
  expect(kinds.filter((each) => !each.endsWith(" held"))).toEqual([]);
  expect(kinds).toHaveLength(7);
});
