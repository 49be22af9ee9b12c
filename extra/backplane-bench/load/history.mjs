// The load of one turn of the history bench: `history.mjs ORDERS`, a process of its own. It prints what it has measured, as JSON.
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { HistoryClient } from "./history-client.mjs";

/**
 * @typedef {object} Orders
 * @property {readonly number[]} ports of the instances
 * @property {readonly number[]} pids whose CPU time counts
 * @property {"topics" | "socket.io"} protocol
 * @property {"publish" | "return"} task
 * @property {number} rooms
 * @property {number} [inFlight]
 * @property {number} [clients]
 * @property {number} [missed]
 * @property {number} warmUpSeconds
 * @property {number} seconds
 */

/** Servers learn of the end of a connection, or of a message elsewhere, in their own time. */
const SETTLE_MS = 150;
/** Connections that are opened at once: a queue of connections holds 511 by default. */
const AT_ONCE = 250;
const PATIENCE_MS = 20_000;

const orders = JSON.parse(process.argv[2]);
const fail = (error) => {
  console.error(error.message);
  process.exit(1);
};
const [here, there = here] = orders.ports;
const rooms = Array.from({ length: orders.rooms }, (_, i) => `r${i}`);
const client = (topic) => new HistoryClient(orders.protocol, topic, fail);
const result = await (orders.task === "publish" ? measurePublish() : measureReturn());
console.log(JSON.stringify(result));
process.exit();

/** Each room has a publisher, and a receiver at the other instance. What arrives there is answered with another message. */
async function measurePublish() {
  const pairs = rooms.map((topic) => [client(topic), client(topic)]);
  await enterAll(
    pairs.map(([publisher]) => publisher),
    here,
  );
  await enterAll(
    pairs.map(([, receiver]) => receiver),
    there,
  );
  await reach(pairs);
  let isOver = false;
  for (const [publisher, receiver] of pairs) {
    let due = 0;
    receiver.listen(() => {
      // What comes in one piece is answered in one piece, as a busy publisher sends.
      if (due++ > 0) return;
      queueMicrotask(() => {
        if (!isOver) publisher.publish(due);
        due = 0;
      });
    });
    publisher.publish(orders.inFlight);
  }
  await sleep(orders.warmUpSeconds * 1000);
  const received = () => pairs.reduce((sum, [, receiver]) => sum + receiver.received, 0);
  const before = { at: performance.now(), cpu: cpuSeconds(), received: received() };
  await sleep(orders.seconds * 1000);
  // Where others have the processor a short time may be over before the first one.
  await until(() => received() > before.received, "messages do not reach the other instance");
  const cpu = cpuSeconds().map((seconds, i) => seconds - before.cpu[i]);
  const [count, seconds] = [received() - before.received, (performance.now() - before.at) / 1000];
  isOver = true;
  // All that was sent must arrive; that it comes in order and once, each client has checked.
  await until(
    () => pairs.every(([publisher, receiver]) => receiver.received === publisher.sent),
    "messages are lost",
  );
  return { count, seconds, cpu };
}

/** Until a message of each publisher reaches its receiver: instances learn of subscriptions elsewhere in their own time. */
async function reach(pairs) {
  await sleep(SETTLE_MS);
  for (const [publisher] of pairs) publisher.publish(1);
  await until(
    () => pairs.every(([, receiver]) => receiver.received === 1),
    "messages do not reach the other instance",
  );
}

/** Clients lose their connections, miss messages, and come back at the other instance, again and again. What counts is that they go and come. */
async function measureReturn() {
  const stays = rooms.map(client);
  const leaving = rooms.flatMap((topic) => Array.from({ length: orders.clients }, () => client(topic)));
  await enterAll(stays, here);
  await enterAll(leaving, here);
  await sleep(SETTLE_MS);
  const total = { count: 0, seconds: 0, cpu: orders.pids.map(() => 0) };
  const add = (before) => {
    total.seconds += (performance.now() - before.at) / 1000;
    cpuSeconds().forEach((seconds, i) => {
      total.cpu[i] += seconds - before.cpu[i];
    });
  };
  const sample = () => ({ at: performance.now(), cpu: cpuSeconds() });
  const hasAll = () =>
    leaving.every(({ last }, i) => last === stays[Math.floor(i / orders.clients)].sent - 1);
  const started = performance.now();
  const warmedUp = started + orders.warmUpSeconds * 1000;
  const end = warmedUp + orders.seconds * 1000;
  for (let turn = 0; turn < 2 || performance.now() < end; turn++) {
    // A client of socket.io has no position before its first message.
    for (const each of stays) each.publish(1);
    await until(hasAll, "messages are lost");
    await sleep(SETTLE_MS);
    const isCounted = turn > 0 && performance.now() >= warmedUp;
    const leave = sample();
    for (const each of leaving) each.leave();
    await sleep(SETTLE_MS);
    if (isCounted) add(leave);
    if (orders.missed > 0) for (const each of stays) each.publish(orders.missed);
    await sleep(SETTLE_MS);
    const back = sample();
    await enterAll(leaving, turn % 2 === 0 ? there : here);
    await until(hasAll, "clients do not get what they have missed");
    if (!isCounted) continue;
    add(back);
    total.count += leaving.length;
  }
  if (total.count === 0) throw new Error("no client has come back within the time");
  return total;
}

async function enterAll(clients, port) {
  for (let from = 0; from < clients.length; from += AT_ONCE) {
    const some = clients.slice(from, from + AT_ONCE);
    const entered = Promise.all(some.map((each) => each.enter(port)));
    if ((await Promise.race([entered, sleep(PATIENCE_MS, null)])) === null)
      throw new Error("clients do not get in");
  }
}

async function until(condition, fault) {
  for (const end = performance.now() + PATIENCE_MS; !condition(); await sleep(2)) {
    if (performance.now() > end) throw new Error(fault);
  }
}

/** Of each process. The times in /proc/PID/stat have hundredths of a second, too coarse for some hundred clients; these have nanoseconds, for each thread that lives. */
function cpuSeconds() {
  return orders.pids.map((pid) => {
    let nanoseconds = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      try {
        nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ", 1)[0]);
      } catch {
        // It has ended since.
      }
    }
    return nanoseconds / 1e9;
  });
}
