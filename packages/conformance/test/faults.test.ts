import { Buffer } from "node:buffer";
import { expect, it } from "vitest";
import { runs, some } from "../../../vitest.runs.ts";
import { sentBytes } from "../src/exchange/exchange.ts";
import { http1Rules } from "../src/rules/http1/index.ts";
import { type CheckOptions, check } from "../src/run/check.ts";
import type { Verdict } from "../src/run/verdict.ts";
import { faults } from "./support/faults/index.ts";
import { startServer } from "./support/faulty-server.ts";

async function verdictsOn(url: string, options: CheckOptions): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const common = { seed: 1, timeout: 300, echo: "/echo" };
  for await (const verdict of check(url, { ...common, ...options })) verdicts.push(verdict);
  return verdicts;
}

it("a server without a fault breaks no rule", async () => {
  const server = await startServer();
  const verdicts = await verdictsOn(server.url, { runs: runs(100).numRuns });
  await server.close();
  expect(verdicts).toHaveLength(http1Rules.length);
  const others = verdicts.filter(({ kind }) => kind !== "held");
  expect(others.map(({ rule, kind }) => `${rule.id}: ${kind}`)).toEqual([]);
});

// They wait for silence more than they work.
it.concurrent.each(
  some(faults),
)("$rule: $name: is found, and shrunk to hardly more than the shortest input that shows it", async ({
  rule,
  shortest,
  ...fault
}) => {
  const server = await startServer(fault);
  const [verdict] = await verdictsOn(server.url, { only: [rule] });
  await server.close();
  expect(verdict).toMatchObject({ kind: "broken", rule: { id: rule } });
  if (verdict?.kind !== "broken") return;
  const { exchanges } = verdict.violation.trial;
  const bytes = Math.max(...exchanges.map((exchange) => sentBytes(exchange).length));
  const byHand = shortest(new URL(server.url).host).length;
  const input = exchanges.map((exchange) =>
    Buffer.from(sentBytes(exchange)).toString("latin1").slice(0, 400),
  );
  expect(bytes, JSON.stringify(input)).toBeLessThanOrEqual(1.5 * byHand);
});

it("a server that keeps control characters of a trailer's value breaks no rule of its grammar", async () => {
  const keeps = (text: string) => text.replace(/(?<=^0\r\n[^\r\n]*: a)[^\r\n](?=[x\r])/gm, " ");
  const server = await startServer({ input: keeps });
  const [verdict] = await verdictsOn(server.url, { only: ["rfc9112/7.1.2/trailer-grammar"] });
  await server.close();
  expect(verdict!.kind).toBe("held");
});
