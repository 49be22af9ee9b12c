import { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invalidResponse, latin1, validResponse } from "../src/arbitraries/index.ts";
import { runs } from "./runs.ts";
import { driveClient } from "./support/drive-client.ts";
import { type ClientVerdict, NodeClient } from "./support/node-client.ts";
import { type ClientInput, clientDifferences } from "./support/node-client-differences.ts";

const node = new NodeClient();
beforeAll(() => node.listen());
afterAll(() => node.close());

function judge(method: string, bytes: Uint8Array): { verdict: ClientVerdict; input: ClientInput } {
  const { responses, code } = driveClient([method], [bytes], { end: true });
  const only = responses[0];
  const verdict = {
    interim: only?.interim.map(({ status }) => status) ?? [],
    status: only?.head?.status ?? null,
    content: only?.content.toString("latin1") ?? "",
    rejected: code !== null,
  };
  const text = Buffer.from(bytes).toString("latin1");
  // Complete without its last byte, and the same: that byte was not part of it.
  const less = driveClient([method], [bytes.subarray(0, -1)], { end: true });
  const followed = code === null && isDeepStrictEqual(less.responses, responses);
  return { verdict, input: { text, code, followed } };
}

/** Of what is refused, how much was told before is of no matter: Node reads in other steps. */
function comparable(verdict: ClientVerdict): unknown {
  return verdict.rejected ? { rejected: true } : verdict;
}

/** Passes if both agree, or if the difference is one of those in the table. */
async function compare(method: string, bytes: Uint8Array): Promise<void> {
  const { verdict, input } = judge(method, bytes);
  const theirs = await node.judge(method, bytes);
  if (clientDifferences.some((difference) => difference.covers(input))) return;
  expect({ ...input, theirs: comparable(theirs) }).toEqual({ ...input, theirs: comparable(verdict) });
}

/** Node leaves a connection with CONNECT to its application. */
const ordinary = validResponse.filter(({ method }) => method !== "CONNECT");

describe("Node's own HTTP client", () => {
  it("reads the same out of valid responses", async () => {
    await fc.assert(
      fc.asyncProperty(ordinary, ({ method, bytes }) => compare(method, bytes)),
      runs(400),
    );
  });

  it("refuses the messages that we refuse", async () => {
    // A limit is a choice; those of Node are elsewhere.
    const unlimited = invalidResponse.filter(
      ({ limits, code, method }) =>
        Object.keys(limits).length === 0 && !code.includes("LARGE") && method !== "CONNECT",
    );
    await fc.assert(
      fc.asyncProperty(unlimited, ({ method, bytes }) => compare(method, bytes)),
      runs(400),
    );
  });

  it.each(clientDifferences)("differs about $name", async ({ example, ours, covers, rfc }) => {
    expect(rfc).toMatch(/^RFC \d+ §/);
    const bytes = latin1(example);
    const { verdict, input } = judge("GET", bytes);
    expect(verdict.rejected).toBe(ours === "rejected");
    expect(covers(input)).toBe(true);
    expect(comparable(await node.judge("GET", bytes))).not.toEqual(comparable(verdict));
  });
});
