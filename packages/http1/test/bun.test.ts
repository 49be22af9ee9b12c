import { Buffer } from "node:buffer";
import { findBun, NO_BUN } from "@mantou/testing/bun";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { latin1, mutated, pipeline, validRequest } from "../src/arbitraries/index.ts";
import { runs } from "./runs.ts";
import { type BunInput, differences } from "./support/bun-differences.ts";
import { BunServer, type BunVerdict } from "./support/bun-server.ts";
import { drive } from "./support/drive.ts";
import { invalidForAll, withKnownMethod } from "./support/for-peers.ts";

const binary = findBun();

/** Bun's handlers do not get the content of these, and respond before it has come. */
const WITHOUT_CONTENT = new Set(["GET", "HEAD", "TRACE"]);

/** Of a request, what can be compared: Bun makes a URL of the target. */
interface Seen {
  readonly method: string;
  readonly content: string;
  /** Path and query, if the target is in origin-form. */
  readonly path: string | null;
}

interface Verdict {
  readonly requests: readonly Seen[];
  readonly rejected: boolean;
}

function seen(method: string, content: string, path: string | null): Seen {
  return { method, content: WITHOUT_CONTENT.has(method) ? "" : content, path };
}

function pathOf(url: string): string | null {
  const base = "http://a";
  return URL.canParse(url, base) ? new URL(url, base).pathname + new URL(url, base).search : null;
}

function ours(bytes: Uint8Array): { verdict: Verdict; input: BunInput } {
  const { messages, code } = drive([bytes], { end: true });
  const requests = messages
    .filter(({ complete, head }) => complete || WITHOUT_CONTENT.has(head.method))
    .map(({ head, content }) =>
      // Two slashes in front are a host for a URL that is given a base.
      seen(
        head.method,
        content.toString("latin1"),
        /^\/(?!\/)/.test(head.target) ? pathOf(head.target) : null,
      ),
    );
  const input = { text: Buffer.from(bytes).toString("latin1"), code };
  return { verdict: { requests, rejected: code !== null }, input };
}

/**
 * Bun's result. Paths are compared where both sides have one: without a valid Host, Bun has no URL. When Bun refuses a request it
 * mostly responds; otherwise it just closes, as it does when a request is cut short.
 */
function theirs(
  { requests, rejected, closed }: BunVerdict,
  { requests: own }: Verdict,
  { code }: BunInput,
): Verdict {
  return {
    requests: requests.map(({ method, content, url }, i) => {
      const path = own[i]?.path ?? null;
      return seen(method, content, path === null ? null : (pathOf(url) ?? path));
    }),
    rejected: rejected || code === "PREMATURE_END" || (code !== null && closed),
  };
}

describe.skipIf(binary === null)(`Bun.serve${binary === null ? ` (${NO_BUN})` : ""}`, () => {
  let bun: BunServer;
  beforeAll(async () => {
    bun = new BunServer(binary!);
    await bun.listen();
  });
  afterAll(() => bun.close());

  /** Passes if both agree, or if the difference is one of those in the table. */
  async function compare(bytes: Uint8Array): Promise<void> {
    const { verdict, input } = ours(bytes);
    const other = theirs(await bun.judge(bytes), verdict, input);
    if (differences.some((difference) => difference.covers(input))) return;
    expect({ ...input, ...other }).toEqual({ ...input, ...verdict });
  }

  const known = validRequest.map(({ bytes }) => withKnownMethod(bytes));

  it("reads the same out of valid requests", async () => {
    await fc.assert(fc.asyncProperty(known, compare), runs(400));
  });

  it("reads the same out of pipelined requests", async () => {
    const joined = pipeline.map((all) => Buffer.concat(all.map(({ bytes }) => withKnownMethod(bytes))));
    await fc.assert(fc.asyncProperty(joined, compare), runs(200));
  });

  it("refuses the messages that we refuse", async () => {
    await fc.assert(fc.asyncProperty(invalidForAll, compare), runs(400));
  });

  it("agrees about mutations of valid requests", async () => {
    await fc.assert(fc.asyncProperty(mutated(known), compare), runs(500));
  });

  it.each(differences)("differs about $name", async ({ example, ours: own, covers, rfc }) => {
    expect(rfc).toMatch(/^RFC \d+ §/);
    const bytes = latin1(example);
    const { verdict, input } = ours(bytes);
    expect(verdict.rejected).toBe(own === "rejected");
    expect(covers(input)).toBe(true);
    expect(theirs(await bun.judge(bytes), verdict, input)).not.toEqual(verdict);
  });
});
