import { describe, expect, it } from "vitest";
import { topicsOf } from "../../src/servers/topics.ts";

describe("topicsOf", () => {
  it("gives each of 1,000 topics ten of 1,000 clients, one of which publishes to it", () => {
    const subscribers = new Map<string, number>();
    const publishers = new Set<string>();
    for (let client = 0; client < 1_000; client++) {
      const topics = topicsOf(client);
      publishers.add(topics[0]!);
      for (const topic of topics) subscribers.set(topic, (subscribers.get(topic) ?? 0) + 1);
    }
    expect(publishers.size).toBe(1_000);
    expect(new Set(subscribers.values())).toEqual(new Set([10]));
    expect(subscribers.size).toBe(1_000);
  });
});
