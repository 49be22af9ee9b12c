import { captureErrors } from "@mantou/testing/errors";
import { turns } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import type { TopicRule } from "../../src/api/topics.ts";
import type { ServerWebSocket } from "../../src/api/websocket.ts";
import { MemoryCluster } from "../support/cluster.ts";
import { TopicClient } from "../support/topic-client.ts";

captureErrors();

const RULES: [string, Record<string, TopicRule>][] = [
  ["without a history", { "room/*": { presence: true } }],
  ["with a history", { "room/*": { presence: true, history: { size: 10, seconds: 60 } } }],
];

/** What a line tells, with the presences in place of the members. */
function wordsOf(line: string): string {
  const [topic = "", json = "{}"] = line.split("⏎");
  const told = JSON.parse(json) as Record<string, { presence: unknown }[]>;
  const changes = Object.entries(told).map(([name, members]) => `${name} ${members.map((m) => m.presence)}`);
  return `${topic}: ${changes}`;
}

describe.each(RULES)("the members of a topic %s", (_, topics) => {
  it("are told behind its position, and then who comes and goes at all instances; plain clients get nothing", async () => {
    const cluster = new MemoryCluster(1024 * 1024, topics);
    let count = 0;
    const open = (ws: ServerWebSocket<unknown>): void => {
      ws.subscribe("room/1", { presence: ++count });
    };
    const instances = [await cluster.start({ open }), await cluster.start({ open })];
    const first = await TopicClient.open(instances[0]!.server);
    await first.upTo("+room/1");
    const own = (await first.upTo('j room/1⏎{"members"')).map(wordsOf);
    expect(own.at(-1)).toBe("j room/1: members 1");
    const { client, ws } = await instances[1]!.connect();
    expect((await first.upTo("j")).map(wordsOf)).toEqual(["j room/1: join 2"]);
    const second = await TopicClient.open(instances[1]!.server);
    const lines = await second.upTo('j room/1⏎{"members"');
    expect(wordsOf(lines.at(-1)!)).toMatch(/^j room\/1: members (1,2,3|2,3,1|3,2,1|2,1,3|3,1,2|1,3,2)$/);
    expect((await first.upTo("j")).map(wordsOf)).toEqual(["j room/1: join 3"]);
    ws.terminate();
    for (const each of [first, second]) {
      expect((await each.upTo('j room/1⏎{"leave"')).slice(-1).map(wordsOf)).toEqual(["j room/1: leave 2"]);
    }
    await turns(20);
    expect(client.take()).toEqual([]);
    expect([first.lines, second.lines].flat().filter((line) => line.startsWith("j"))).toEqual([]);
  });
});
