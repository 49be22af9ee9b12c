import type { RelayEvent } from "@mantou/pubsub/relay";
import { expect } from "vitest";

/** What is known of an instance. */
export interface Log {
  readonly id: string;
  /** By topic: `publisher number`, in the order of delivery. */
  readonly received: ReadonlyMap<string, readonly string[]>;
  /** By topic: how many messages were published there. */
  readonly published: ReadonlyMap<string, number>;
  readonly events: readonly RelayEvent[];
  readonly relay: { readonly state: "up" | "down" };
  publish(topic: string): void;
  until(condition: () => boolean): Promise<void>;
  has(topic: string, message: string): boolean;
}

/**
 * The guarantees of plain topics, over the logs of instances that have been members of all topics since the beginning, and have got the last
 * message of each publisher: no message twice, each publisher's in order, all own ones, and what is missing was told by count.
 */
export function expectGuarantees(instances: readonly Log[], topics: readonly string[]): { lost: number } {
  let lost = 0;
  for (const receiver of instances) {
    let missing = 0;
    for (const topic of topics) {
      const log = receiver.received.get(topic) ?? [];
      for (const publisher of instances) {
        const numbers = log
          .map((message) => message.split(" "))
          .filter(([id]) => id === publisher.id)
          .map(([, number]) => Number(number));
        for (let i = 1; i < numbers.length; i++) {
          if (numbers[i]! <= numbers[i - 1]!) {
            expect.fail(
              `${receiver.id} got ${publisher.id} ${numbers[i]} of ${topic} behind ${numbers[i - 1]}`,
            );
          }
        }
        const missed = (publisher.published.get(topic) ?? 0) - numbers.length;
        if (publisher === receiver)
          expect(missed, `own messages of ${receiver.id} that it has not got`).toBe(0);
        missing += missed;
      }
    }
    const told = receiver.events.reduce(
      (sum, event) => sum + (event.type === "gap" ? (event.count ?? 0) : 0),
      0,
    );
    expect(told, `messages that ${receiver.id} misses, as gaps tell`).toBe(missing);
    lost += missing;
  }
  return { lost };
}

/** Publishes a last message to each topic from each instance, and waits until all have it. */
export async function settle(instances: readonly Log[], topics: readonly string[]): Promise<void> {
  for (const instance of instances) await instance.until(() => instance.relay.state === "up");
  for (const instance of instances) for (const topic of topics) instance.publish(topic);
  for (const receiver of instances) {
    for (const publisher of instances) {
      for (const topic of topics) {
        await receiver.until(() => receiver.has(topic, `${publisher.id} ${publisher.published.get(topic)}`));
      }
    }
  }
}
