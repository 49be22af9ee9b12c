/**
 * The checker of the soak. It reads what clients have logged, which faults there were, and what instances have told.
 *
 * - No connection gets a message twice, or one of another topic, and each gets those of one publisher in order.
 * - A message that was published on the same instance always arrives: local delivery never stops.
 * - A message of another instance arrives, unless it was sent during a fault. Then its loss was told, or its instance was killed.
 */

/** A connection has its subscription at the engine after so long, and what was sent so long before its end may come too late. */
const OPENING_MS = 3000;
const CLOSING_MS = 3000;
/** What was sent so long before a fault may be hurt by it, on a machine that is busy, and so long after everything was up again. */
const BEFORE_MS = 3000;
const AFTER_MS = 3000;
/** A gap is told with the next message of the same publisher and topic, or when the engine is back. */
const TOLD_MS = 30_000;

/**
 * @param {Iterable<string>} lines of the clients
 * @param {readonly { from: number, to: number, what: string, instance?: string }[]} faults
 * @param {readonly { t: number, instance: string, event: string }[]} told by instances
 */
export function check(lines, faults, told) {
  const { connections, problems } = read(lines);
  for (const connection of connections.values()) {
    // Its clients notice the death of an instance later.
    const death = faults.find(({ instance }) => instance === connection.instance)?.from;
    if (death !== undefined) connection.closedAt = Math.min(connection.closedAt, death);
  }
  const counts = {
    connections: connections.size,
    sent: 0,
    expected: 0,
    received: 0,
    lost: 0,
    lostIn: new Map(),
  };
  const byTopic = groupByTopic(connections.values());
  for (const connection of connections.values()) {
    counts.sent += connection.sent.length;
    for (const numbers of connection.got.values()) counts.received += numbers.size;
  }
  for (const members of byTopic.values()) {
    for (const publisher of members) {
      for (const receiver of members) if (receiver !== publisher) compare(publisher, receiver);
    }
  }
  return { problems, counts };

  function compare(publisher, receiver) {
    const got = receiver.got.get(publisher.name);
    const until = receiver.closedAt - CLOSING_MS;
    for (const [i, t] of publisher.sent.entries()) {
      if (t < receiver.openedAt + OPENING_MS || t > until) continue;
      counts.expected++;
      if (got?.has(i + 1)) continue;
      const what = `${receiver.name} on ${receiver.instance} misses ${publisher.name} ${i + 1} of ${publisher.instance}, sent at ${t}`;
      if (publisher.instance === receiver.instance) {
        // What a client has sent to an instance that is killed before it reads it.
        if (t < publisher.closedAt - CLOSING_MS) problems.push(`${what}: local delivery`);
        continue;
      }
      counts.lost++;
      const fault = faults.find(({ from, to }) => t >= from - BEFORE_MS && t <= to + AFTER_MS);
      if (fault !== undefined) counts.lostIn.set(fault.what, (counts.lostIn.get(fault.what) ?? 0) + 1);
      if (fault === undefined) problems.push(`${what}: there was no fault`);
      else if (!isTold(t, publisher, receiver)) problems.push(`${what}: nothing was told (${fault.what})`);
    }
  }

  function isTold(t, publisher, receiver) {
    const isKilled = faults.some(
      ({ instance, from }) => instance === publisher.instance && Math.abs(from - t) < BEFORE_MS + AFTER_MS,
    );
    return (
      isKilled ||
      told.some(
        ({ t: at, instance, event }) =>
          at > t - TOLD_MS &&
          at < t + TOLD_MS &&
          ((event === "gap" && instance === receiver.instance) ||
            (event === "dropped" && instance === publisher.instance)),
      )
    );
  }
}

function read(lines) {
  const connections = new Map();
  const problems = [];
  for (const line of lines) {
    const [kind, time, name, ...rest] = line.split(" ");
    const t = Number(time);
    if (kind === "o") {
      const [topic, instance] = rest;
      connections.set(name, {
        name,
        topic,
        instance,
        openedAt: t,
        closedAt: Number.POSITIVE_INFINITY,
        sent: [],
        got: new Map(),
        last: new Map(),
      });
      continue;
    }
    const connection = connections.get(name);
    if (connection === undefined) continue;
    if (kind === "c") connection.closedAt = t;
    else if (kind === "s") connection.sent.push(t);
    else if (kind === "g") receive(connection, rest, connections, problems);
  }
  return { connections, problems };
}

function receive(connection, [from, number], connections, problems) {
  const n = Number(number);
  const last = connection.last.get(from) ?? 0;
  if (n <= last) problems.push(`${connection.name} got ${from} ${n} behind ${last}: twice, or out of order`);
  if (from === connection.name) problems.push(`${connection.name} got its own message ${n}`);
  const publisher = connections.get(from);
  if (publisher?.topic !== connection.topic)
    problems.push(`${connection.name} got a message of another topic`);
  connection.last.set(from, Math.max(n, last));
  const numbers = connection.got.get(from) ?? new Set();
  connection.got.set(from, numbers.add(n));
}

function groupByTopic(connections) {
  const groups = new Map();
  for (const connection of connections) {
    const group = groups.get(connection.topic) ?? [];
    group.push(connection);
    groups.set(connection.topic, group);
  }
  return groups;
}

/**
 * Whether memory is flat: the median of the last third of the samples is at most a fifth and 4 MB above that of the second third. (In the first
 * one caches fill.) Null if there are too few samples.
 */
export function isFlat(samples) {
  if (samples.length < 15) return null;
  const third = Math.floor(samples.length / 3);
  const [before, after] = [samples.slice(third, 2 * third), samples.slice(-third)].map(median);
  return { before, after, isFlat: after <= before * 1.2 + 4_000_000 };
}

function median(samples) {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)];
}
