import { Buffer } from "node:buffer";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { some } from "../../../vitest.runs.ts";
import { sentBytes } from "../src/exchange/exchange.ts";
import { websocketRules } from "../src/rules/websocket/index.ts";
import { type CheckOptions, check } from "../src/run/check.ts";
import type { Verdict } from "../src/run/verdict.ts";
import { faults } from "./support/websocket-faults/index.ts";
import { startWebSocketServer } from "./support/websocket-server.ts";

const isFull = process.env["MANTOU_FULL"] === "1";
/** The rules of long messages and floods take three quarters of the CPU. */
const LONG = ["10.4/", "ping-flood", "code-1009"];

async function verdictsOn(url: string, options: CheckOptions): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for await (const verdict of check(url, { seed: 1, timeout: 300, ...options })) verdicts.push(verdict);
  return verdicts;
}

describe("a WebSocket echo without a fault", () => {
  it("breaks no rule", async () => {
    const server = await startWebSocketServer();
    const verdicts = await verdictsOn(server.url, isFull ? {} : { runs: 3, skip: LONG });
    await server.close();
    const left = websocketRules.filter(({ id }) => isFull || !LONG.some((part) => id.includes(part)));
    expect(verdicts).toHaveLength(left.length);
    expect(
      verdicts
        .filter(({ kind }) => kind !== "held")
        .map(
          (verdict) =>
            `${verdict.rule.id}: ${"reason" in verdict ? verdict.reason : JSON.stringify(verdict)}`,
        ),
    ).toEqual([]);
  });
});

describe("a planted fault of a WebSocket is found, and shrunk to hardly more than the shortest input that shows it", () => {
  it.concurrent.each(some(faults))("$rule: $name", async ({ rule, shortest, ...fault }) => {
    const server = await startWebSocketServer(fault);
    const [verdict] = await verdictsOn(server.url, { only: [rule] });
    await server.close();
    expect(verdict).toMatchObject({ kind: "broken", rule: { id: rule } });
    if (verdict?.kind !== "broken") return;
    const { exchanges } = verdict.violation.trial;
    const sent = exchanges.map(sentBytes);
    const bytes = Math.max(...sent.map(({ length }) => length));
    const byHand = shortest(new URL(server.url).host);
    const input = sent.map((one) => Buffer.from(one).toString("latin1").slice(0, 600));
    expect(bytes, JSON.stringify(input)).toBeLessThanOrEqual(1.5 * byHand);
  });

  it("is planted for each rule", () => {
    const planted = new Set(faults.map(({ rule }) => rule));
    expect(websocketRules.filter(({ id }) => !planted.has(id)).map(({ id }) => id)).toEqual([]);
  });
});
