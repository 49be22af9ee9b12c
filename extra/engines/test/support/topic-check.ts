/** The offline checker of topic clients: it reads nothing but their logs, and that of an observer at the engine. */

/** @property lost messages that were sent into connections which have ended, and are not in the engine */
export interface TopicCounts {
  clients: number;
  sent: number;
  lost: number;
  delivered: number;
  gaps: number;
  /** Own messages that came to their publisher: allowed if they waited for the engine when its connection broke. */
  echoes: number;
}

interface Place {
  readonly epoch: string;
  readonly offset: number;
}

interface Entry extends Place {
  readonly kind: "+" | "m" | "!";
  readonly text: string;
}

interface Client {
  readonly entries: Entry[];
  /** Sent on the present connection, and on earlier ones. */
  sent: string[];
  readonly risked: string[];
}

/**
 * Checks that each client has all messages behind its first position, in the engine's order, once, and without its own, except exactly at the gaps it was
 * told. A log's lines are `+ NAME POSITION`, `m NAME POSITION TEXT`, `! NAME POSITION`, `s NAME TEXT` and `c NAME`; a text is `PUBLISHER NUMBER`, and the
 * publishers of a client are `NAME/1`, `NAME/2` …, one for each connection.
 * @param observer the name of the client that has seen everything, and whose last message ends the check
 * @param lost epochs whose end the engine has lost: until an instance notices, numbers there are used twice
 */
export function checkTopicLogs(
  lines: Iterable<string>,
  observer: string,
  lost: ReadonlySet<string> = new Set(),
): { problems: string[]; counts: TopicCounts } {
  const problems: string[] = [];
  const clients = read(lines);
  const counts: TopicCounts = { clients: 0, sent: 0, lost: 0, delivered: 0, gaps: 0, echoes: 0 };
  const order = orderOf(clients, lost, problems);
  const [begin, end] = [0, -1].map((i) => clients.get(observer)?.entries.at(i));
  if (begin === undefined || end === undefined)
    return { problems: [...problems, `nothing was logged of ${observer}`], counts };
  const published = new Set([...clients.values()].flatMap(({ entries }) => entries.map(({ text }) => text)));
  for (const [name, client] of clients) {
    followOrder(name, client);
    // An engine that is killed takes along what it has answered in its last moment, and told to no subscriber.
    const isSafe = begin.epoch === end.epoch;
    for (const text of client.sent)
      if (isSafe && !published.has(text)) problems.push(`${text} of ${name} has gone nowhere`);
    counts.sent += client.sent.length + client.risked.length;
    counts.lost += client.risked.filter((text) => !published.has(text)).length;
    if (name !== observer) counts.clients++;
  }
  return { problems, counts };

  function followOrder(name: string, { entries }: Client): void {
    let at: Place | null = null;
    const had = new Set<string>();
    const last = new Map<string, number>();
    for (const entry of entries) {
      const { kind, epoch, offset, text } = entry;
      if (kind === "m") {
        counts.delivered++;
        if (text.startsWith(`${name}/`)) counts.echoes++;
        if (had.has(text)) problems.push(`${name} got ${text} twice`);
        had.add(text);
        const [publisher = "", number] = text.split(" ");
        if (Number(number) <= (last.get(publisher) ?? 0))
          problems.push(`${name} got ${text} behind ${last.get(publisher)}`);
        last.set(publisher, Number(number));
        if (at !== null && epoch !== at.epoch)
          problems.push(`${name} got ${text} of another epoch without a gap`);
        else if (at !== null && offset <= at.offset)
          problems.push(`${name} got ${offset} behind ${at.offset}`);
        else if (at !== null) expectNone(name, had, epoch, at.offset + 1, offset);
      }
      if (kind === "!") counts.gaps++;
      if (kind !== "+" || at === null) at = entry;
    }
    if (at === null) problems.push(`${name} was never subscribed`);
    else if (at.epoch !== end!.epoch) problems.push(`${name} has stayed in an epoch that has ended`);
    else expectNone(name, had, at.epoch, at.offset + 1, end!.offset + 1);
  }

  /** What is at these places must be the client's own, or what it had in an epoch before: that is sent again if the engine has lost it. */
  function expectNone(name: string, had: ReadonlySet<string>, epoch: string, from: number, to: number): void {
    if (lost.has(epoch)) return;
    // Not each number is a place: those of NATS leave some out.
    for (const [offset, text] of order.get(epoch) ?? []) {
      if (offset < from || offset >= to || text.startsWith(`${name}/`) || had.has(text)) continue;
      problems.push(`${name} misses ${text} at ${offset}`);
    }
  }
}

function read(lines: Iterable<string>): Map<string, Client> {
  const clients = new Map<string, Client>();
  for (const line of lines) {
    const [kind, name = "", ...rest] = line.split(" ");
    const client = clients.get(name) ?? { entries: [], sent: [], risked: [] };
    clients.set(name, client);
    if (kind === "s") client.sent.push(rest.join(" "));
    else if (kind === "c") {
      // What was on its way may be lost.
      client.risked.push(...client.sent);
      client.sent = [];
    } else {
      const [epoch = "", offset] = rest[0]!.split(".");
      client.entries.push({
        kind: kind as Entry["kind"],
        epoch,
        offset: Number(offset),
        text: rest.slice(1).join(" "),
      });
    }
  }
  return clients;
}

/** By epoch and offset, the message there: it must be the same for all, and at one place of an epoch. */
function orderOf(
  clients: ReadonlyMap<string, Client>,
  lost: ReadonlySet<string>,
  problems: string[],
): Map<string, Map<number, string>> {
  const order = new Map<string, Map<number, string>>();
  for (const [name, { entries }] of clients) {
    for (const { kind, epoch, offset, text } of entries) {
      if (kind !== "m" || lost.has(epoch)) continue;
      const places = order.get(epoch) ?? new Map<number, string>();
      order.set(epoch, places);
      const known = places.get(offset) ?? text;
      if (known !== text) problems.push(`${name} got ${text} at ${offset}, where others have ${known}`);
      places.set(offset, known);
    }
  }
  for (const places of order.values()) {
    const texts = [...places.values()];
    if (new Set(texts).size !== texts.length) problems.push("an epoch has a message twice");
  }
  return order;
}
