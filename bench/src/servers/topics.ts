/** How many topics there are, and to how many each client subscribes: with as many clients, that is as many for a topic. */
const topics = 1_000;
const each = 10;

const names: readonly string[] = Array.from({ length: topics }, (_, n) => `topic ${n}`);

/** The topics of the client that came as number `client`, from 0: that which it publishes to, and those after it in the circle. */
export function topicsOf(client: number): string[] {
  return Array.from({ length: each }, (_, n) => names[(client + n) % topics]!);
}
