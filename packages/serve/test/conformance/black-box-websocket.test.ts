import process from "node:process";
import { check } from "@mantou/conformance";
import fc from "fast-check";
import { expect, it } from "vitest";
import { start } from "../support/servers.ts";

/** In a soak each pass takes ten seeds. */
const seeds = process.env["MANTOU_SOAK_LOG"] === undefined ? 1 : 10;
/** What comes without an offer of permessage-deflate is the same in both; the rest is one rule's: that nothing is offered unasked. */
const isFull = process.env["MANTOU_FULL"] === "1";
const compressions = isFull ? [true, false] : [true];
/** Without the long messages and floods `pnpm test` needs a quarter of the CPU. */
const options = isFull ? {} : { runs: 3, skip: ["10.4/", "ping-flood", "code-1009"] };

it.each(
  compressions,
)("breaks no rule of RFC 6455 and RFC 7692 that mantou-conformance has, with perMessageDeflate %s", async (perMessageDeflate) => {
  const server = start({
    fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("no", { status: 400 })),
    websocket: { perMessageDeflate, message: (ws, message) => void ws.send(message) },
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const wrong: string[] = [];
      let held = 0;
      const url = `${server.url}`.replace("http", "ws");
      for await (const verdict of check(url, { seed, ...options })) {
        const { kind, rule } = verdict;
        if (kind === "held") held++;
        if (kind === "broken") wrong.push(`${rule.id}: ${verdict.violation.got}`);
        if (kind === "unknown") wrong.push(`${rule.id}: ${verdict.reason}`);
      }
      expect(wrong).toEqual([]);
      expect(held).toBeGreaterThan(perMessageDeflate ? 85 : 65);
    }),
    { numRuns: seeds },
  );
});
