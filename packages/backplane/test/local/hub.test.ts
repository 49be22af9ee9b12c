import type { Place } from "@mantou/pubsub/relay";
import { expect, test } from "vitest";
import { Hub, type HubPeer } from "../../src/local/hub.ts";

class Peer implements HubPeer {
  readonly got: string[] = [];
  message(channel: string, frame: Uint8Array, start: number): void {
    this.got.push(`${channel} ${frame.length - start}`);
  }
  placed(channel: string, frame: Uint8Array, { offset }: Place, encoded: Uint8Array): void {
    this.got.push(`${channel} ${offset} ${frame.length} ${encoded.length > frame.length}`);
  }
}

test("a hub passes messages on to those that have subscribed, and forgets channels without any", () => {
  const hub = new Hub();
  const [a, b, c] = [new Peer(), new Peer(), new Peer()];
  for (const peer of [a, b, c]) hub.subscribe(peer, "x");
  hub.subscribe(b, "x");
  hub.subscribe(b, "y");
  hub.publish("x", Buffer.alloc(5), 2, a);
  hub.publish("x", Buffer.alloc(5), 1, null);
  hub.publish("z", Buffer.alloc(5), 1, null);
  expect([a.got, b.got, c.got]).toEqual([["x 4"], ["x 3", "x 4"], ["x 3", "x 4"]]);
  hub.unsubscribe(a, "x");
  hub.unsubscribe(a, "y");
  hub.remove(c);
  hub.publish("x", Buffer.alloc(1), 0, null);
  expect([a.got.length, b.got.length, c.got.length]).toEqual([1, 3, 2]);
  hub.place("x", Buffer.alloc(5), { epoch: "e", offset: 7, previous: 6 });
  hub.place("z", Buffer.alloc(5), { epoch: "e", offset: 7, previous: 6 });
  expect([a.got.length, b.got.at(-1), c.got.length]).toEqual([1, "x 7 5 true", 2]);
  expect([hub.has("x"), hub.has("z")]).toEqual([true, false]);
  expect(hub.channelCount).toBe(2);
  hub.remove(b);
  expect(hub.channelCount).toBe(0);
});
