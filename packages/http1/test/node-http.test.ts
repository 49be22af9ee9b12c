import { Buffer } from "node:buffer";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { latin1, mutated, validRequest } from "../src/arbitraries/index.ts";
import { ProtocolError } from "../src/errors.ts";
import { ServerConnection } from "../src/server-connection.ts";
import { runs } from "./runs.ts";
import { drive, responseTo } from "./support/drive.ts";
import { feed } from "./support/feed.ts";
import { invalidForAll, withKnownMethod } from "./support/for-peers.ts";
import { differences, type Input } from "./support/node-differences.ts";
import { NodeServer, type Verdict } from "./support/node-http.ts";
import { Recorder } from "./support/recorder.ts";

const node = new NodeServer();
beforeAll(() => node.listen());
afterAll(() => node.close());

function judge(bytes: Uint8Array): { verdict: Verdict; input: Input } {
  const { messages, code, closed } = drive([bytes], { end: true });
  const requests = messages
    .filter(({ complete }) => complete)
    .map(({ head, content }) => ({
      method: head.method,
      target: head.target,
      content: content.toString("latin1"),
    }));
  const text = Buffer.from(bytes).toString("latin1");
  const behind = text.slice(text.length - bytesBehind(bytes));
  const input = { text, behind, code, stopped: code === null && !closed };
  return { verdict: { requests, rejected: code !== null }, input };
}

/** How many bytes are left when the last complete request has been read. */
function bytesBehind(bytes: Uint8Array): number {
  const connection = new ServerConnection(new Recorder());
  let behind = bytes.length;
  let head = { status: 200 };
  try {
    feed(connection, bytes, (event) => {
      if (event.type === "request") head = responseTo(event);
      if (event.type !== "end") return;
      behind = connection.unreadBytes;
      connection.respond(head, null);
    });
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
  return behind;
}

/** Passes if both agree, or if the difference is one of those in the table. */
async function compare(bytes: Uint8Array): Promise<void> {
  const { verdict, input } = judge(bytes);
  const theirs = await node.judge(bytes);
  if (differences.some((difference) => difference.covers(input))) return;
  expect({ ...input, ...theirs }).toEqual({ ...input, ...verdict });
}

describe("Node's own HTTP server", () => {
  it("reads the same out of valid requests", async () => {
    const known = validRequest.map(({ bytes }) => withKnownMethod(bytes));
    await fc.assert(fc.asyncProperty(known, compare), runs(300));
  });

  it("refuses the messages that we refuse", async () => {
    await fc.assert(fc.asyncProperty(invalidForAll, compare), runs(300));
  });

  it("agrees about mutations of valid requests", async () => {
    const nearly = mutated(validRequest.map(({ bytes }) => withKnownMethod(bytes)));
    await fc.assert(fc.asyncProperty(nearly, compare), runs(400));
  });

  it.each(differences)("differs about $name", async ({ example, ours, covers, rfc }) => {
    expect(rfc).toMatch(/^RFC \d+ §/);
    const bytes = latin1(example);
    const { verdict, input } = judge(bytes);
    expect(verdict.rejected).toBe(ours === "rejected");
    expect(covers(input)).toBe(true);
    expect(await node.judge(bytes)).not.toEqual(verdict);
  });
});
