import { Buffer } from "node:buffer";
import { captureErrors } from "@mantou/testing/errors";
import { turns } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { parseRequests } from "../../src/resume/replay-request.ts";
import { systemClock } from "../../src/socket/timeouts.ts";
import { positionOf, TopicClient } from "../support/topic-client.ts";
import { startWebSockets } from "../support/websocket-pair.ts";

captureErrors();

async function join(): Promise<{ client: TopicClient; to: string }> {
  const topics = { "room/*": { history: { size: 10, seconds: 60 } } };
  const { server } = startWebSockets({ open: (ws) => void ws.subscribe("room/1") }, systemClock, { topics });
  const client = await TopicClient.open(server);
  return { client, to: positionOf((await client.upTo("+")).at(-1)!) };
}

const POSITION = "epoch.1.abcdef";

describe("a topic client that breaks the protocol", () => {
  it.each([
    ["x", "Unknown verb"],
    ["", "Unknown verb"],
    ["subscribe room/2", "Unknown verb"],
    ["m room/1 1.abcdef⏎forged", "Unknown verb"],
    ["+room/1", "Unknown verb"],
    ["d", "d is malformed"],
    ["d hello", "Unknown verb"],
    ["D⏎hello", "Unknown verb"],
    ["r", "r is malformed"],
    ["r ", "r is malformed"],
    ["r⏎", "a line of r is malformed"],
    ["r abc", "r asks for nothing"],
    ["r ä⏎room/1 a b", "r is malformed"],
    ["r a b c d e⏎room/1 *1 epoch.0.", "r names too many sessions"],
    ["r⏎room/1", "a line of r is malformed"],
    ["r⏎room/1 *1", "a line of r is malformed"],
    ["r⏎room/1 *1 junk", "a line of r is malformed"],
    [`r⏎room/1  ${POSITION} ${POSITION}`, "a line of r is malformed"],
    [`r⏎room/1 *1 ${POSITION} more`, "a line of r is malformed"],
    [`r⏎"room *1 ${POSITION}`, "a line of r is malformed"],
    [`r⏎räume *1 ${POSITION}`, "a line of r is malformed"],
    [`r⏎"\\x" *1 ${POSITION}`, "a line of r is malformed"],
  ])("is closed with 1008: %j", async (message, reason) => {
    const { client } = await join();
    client.send(message);
    expect(await client.untilClosed()).toBe(`1008 ${reason}`);
  });

  it.each([
    "x",
    "",
    "d",
    "r⏎room/1 *1 e.0.",
    "\0\0",
  ])("is closed with 1008, too, in bytes: %j", async (message) => {
    const { client } = await join();
    client.sendBytes(message);
    expect(await client.untilClosed()).toBe("1008 Unknown verb");
  });

  it("gets nothing of topics that it is not subscribed to, and is told so", async () => {
    const { client, to } = await join();
    client.send(`r⏎room/2 *10 ${to}⏎"r\\u00e4ume" *1 ${to}⏎room/1 *1 ${to}`);
    expect(await client.take(3)).toEqual(["-room/2", '-"r\\u00e4ume"', `=room/1 ${to}`]);
  });

  it("gets nothing for a place that is not where it is live, or no more: what is right is on its way", async () => {
    const { client, to } = await join();
    const [epoch] = to.split(".");
    client.send(`r⏎room/1 *1 other.0.⏎room/1 *1 ${epoch}.7.abcdef`);
    client.send(`r⏎room/1 *1 ${to}`);
    expect(await client.take(1)).toEqual([`=room/1 ${to}`]);
  });

  it("may ask 16 times, and 4 times more for each line that allows it", async () => {
    const { client, to } = await join();
    const line = `⏎room/1 *1 ${to}`;
    for (let i = 0; i < 20; i++) {
      client.send(`r${line}`);
      expect(await client.take(1)).toEqual([`=room/1 ${to}`]);
    }
    client.send(`r${line}`);
    expect(await client.untilClosed()).toBe("1008 Too many requests");
  });

  it("cannot ask for foreign topics without end: the answers to them allow for none", async () => {
    const { client, to } = await join();
    for (let i = 0; i < 30; i++) client.send(`r⏎foreign/${i} *1 ${to}`);
    expect(await client.untilClosed()).toBe("1008 Too many requests");
    expect(client.all.filter((line) => line.startsWith("-")).length).toBe(20);
  });

  it.each<[string, (to: string) => string]>([
    ["spoiled", () => "spoiled"],
    ["empty", () => ""],
    ["no number of last messages", () => "*"],
    ["none of them", () => "*0"],
    ["more of them than there may be", () => "*10000"],
    ["junk behind *", () => "*1x"],
    ["of another epoch", () => "other.1.abcdef"],
    ["ahead of all", (to) => to.replace(/\.\d+\..*$/, ".999.abcdef")],
  ])("is told of a gap, and earns no requests, by a position that is %s", async (_name, fromOf) => {
    const { client, to } = await join();
    for (let i = 0; i < 20; i++) {
      client.send(`r⏎room/1 ${fromOf(to)} ${to}`);
      expect(await client.take(1)).toEqual([`!room/1 ${to}`]);
    }
    client.send(`r⏎room/1 *1 ${to}`);
    expect(await client.untilClosed()).toBe("1008 Too many requests");
  });
});

describe("a message with requests", () => {
  const line = `room/1 ${POSITION} ${POSITION}`;

  it("has up to 64 of them", () => {
    expect(parseRequests(`r${`\n${line}`.repeat(64)}`)).toMatchObject({ requests: { length: 64 } });
    expect(parseRequests(`r${`\n${line}`.repeat(65)}`)).toBe("r asks for too many topics");
    expect(parseRequests(`r${"\n".repeat(60_000)}`)).toBe("r asks for too many topics");
  });

  it("names up to 4 sessions, of up to 64 characters", () => {
    const name = "a".repeat(64);
    expect(parseRequests(`r${` ${name}`.repeat(4)}\n${line}`)).toMatchObject({
      names: [name, name, name, name],
    });
    expect(parseRequests(`r${` ${name}`.repeat(5)}\n${line}`)).toBe("r names too many sessions");
    expect(parseRequests(`r ${name}a\n${line}`)).toBe("r is malformed");
  });

  it("has lines of up to 4,096 characters, and 65,536 in all", () => {
    const fill = (length: number): string =>
      `${"t".repeat(length - line.length + "room/1".length)}${line.slice(6)}`;
    expect(fill(4096).length).toBe(4096);
    expect(parseRequests(`r\n${fill(4096)}`)).toMatchObject({ requests: { length: 1 } });
    expect(parseRequests(`r\n${fill(4097)}`)).toBe("a line of r is malformed");
    const fifteen = `r${`\n${fill(4096)}`.repeat(15)}\n`;
    expect(parseRequests(fifteen + fill(65_536 - fifteen.length))).toMatchObject({
      requests: { length: 16 },
    });
    expect(parseRequests(fifteen + fill(65_537 - fifteen.length))).toBe("r is too long");
  });

  it("costs no more than its bytes: 2 MB of them are refused at once", async () => {
    const { client } = await join();
    client.raw.text(`r\n${"\n".repeat(2_000_000)}`);
    expect(await client.untilClosed()).toBe("1008 r is too long");
    await turns(2);
    expect(Buffer.byteLength(client.all.join(""))).toBeLessThan(500);
  });
});
