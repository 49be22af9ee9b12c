// The load of one round: `main.mjs ORDERS`, a process of its own. It prints what it has measured, as JSON.

import { setTimeout as sleep } from "node:timers/promises";
import { Histogram } from "../../../bench/dist/load/histogram.js";
import { readProcessTimes } from "../../../bench/dist/proc.js";
import { Client } from "./client.mjs";

/**
 * @typedef {object} Orders
 * @property {readonly number[]} ports of the instances
 * @property {readonly number[]} pids whose CPU time counts
 * @property {"plain" | "socket.io" | "worker"} protocol
 * @property {number} rooms
 * @property {number} clients in each room; with the protocol "worker" each client is by itself
 * @property {number} inFlight
 * @property {number} [attempts] to reach all clients, before the warm-up
 * @property {number} warmUpSeconds
 * @property {number} seconds
 * @property {number} [workers] how many share the port; each gets as many clients
 * @property {number} [rate] messages a second at fixed times; without it, as many as are delivered
 */

/** Milliseconds without any message, after which what is missing does not come. */
const SILENCE_MS = 1500;

const orders = JSON.parse(process.argv[2]);
const fail = (error) => {
  console.error(error.message);
  process.exit(1);
};
const isEcho = orders.protocol === "worker";
/** Clients by room. */
const rooms = isEcho ? await joinWorkers() : await joinRooms();
const clients = rooms.flat();
const count = () => clients.reduce((sum, { received }) => sum + received, 0);
if (!isEcho) await awaitRooms();
const result = orders.rate === undefined ? await measureRate() : await measureLatency();
const faults = await audit();
console.log(JSON.stringify({ ...result, ...faults }));
process.exit();

async function joinRooms() {
  const joined = [];
  for (let room = 0; room < orders.rooms; room++) {
    const members = [];
    for (let i = 0; i < orders.clients; i++) {
      members.push(new Client(orders.protocol, orders.ports[i % orders.ports.length], `r${room}`, fail));
    }
    joined.push(members);
    // A queue of connections holds 511 by default.
    if (room % 20 === 19) await Promise.all(members.map((member) => member.joined));
  }
  await Promise.all(joined.flat().map((member) => member.joined));
  return joined;
}

/** As many clients at each worker: which one accepts a connection is chance. */
async function joinWorkers() {
  const share = orders.clients / orders.workers;
  const kept = new Map();
  for (let tries = 0; tries < 5000; tries++) {
    const client = await new Client("worker", orders.ports[0], "", fail).joined;
    const ofWorker = kept.get(client.greeting) ?? [];
    kept.set(client.greeting, ofWorker);
    if (ofWorker.length < share) ofWorker.push(client);
    else client.close();
    const all = [...kept.values()].flat();
    if (all.length === orders.clients) return all.map((one) => [one]);
  }
  throw new Error(`the workers do not share the connections: ${share} of each are wanted`);
}

/** Instances learn of subscriptions elsewhere in their own time: each client sends a message until all get all of them. */
async function awaitRooms() {
  for (let attempt = 0; attempt < (orders.attempts ?? 10); attempt++) {
    for (const client of clients) client.received = client.sent = 0;
    for (const client of clients) client.send(1);
    const wanted = clients.length * (orders.clients - 1);
    for (let waited = 0; waited < 500 && count() < wanted; waited += 5) await sleep(5);
    if (count() === wanted) {
      for (const client of clients) client.received = client.sent = 0;
      return;
    }
    await untilSilent();
  }
  throw new Error("messages do not reach all clients, not even one at a time");
}

async function untilSilent(milliseconds = 200) {
  for (let before = -1; before !== count(); ) {
    before = count();
    await sleep(milliseconds);
  }
}

/** Each client has `inFlight` messages under way: it sends another when as many have come as one message causes. */
async function measureRate() {
  const { inFlight } = orders;
  const caused = isEcho ? 1 : orders.clients - 1;
  let isOver = false;
  for (const client of clients) {
    let credit = 0;
    client.listen((messages) => {
      credit += messages;
      const due = caused === 1 ? credit : Math.floor(credit / caused);
      if (due === 0) return;
      credit -= due * caused;
      if (!isOver) client.send(due);
    });
  }
  for (const client of clients) client.send(inFlight);
  await sleep(orders.warmUpSeconds * 1000);
  const before = sample();
  await sleep(orders.seconds * 1000);
  const after = sample();
  isOver = true;
  return between(before, after);
}

/**
 * Messages at fixed times, from clients in turn, each `inFlight` at once: what a server reads is as under the rate of which this is half.
 * What counts is from when a message was due until a client of another instance has it.
 */
async function measureLatency() {
  const { rate, ports, inFlight } = orders;
  /** By the number of the turn. */
  const due = new Float64Array(1 << 20);
  const histogram = new Histogram();
  const late = new Histogram();
  let turn = 0;
  clients.forEach((client, index) => {
    const instance = (index % orders.clients) % ports.length;
    client.listenToTexts((bytes, from) => {
      let sequence = 0;
      for (let i = 0; i < 10; i++) sequence = sequence * 10 + bytes[from + i] - 48;
      const itsTurn = Math.floor(sequence / inFlight);
      const publisher = ((itsTurn % clients.length) % orders.clients) % ports.length;
      if (publisher === instance) return;
      histogram.record((performance.now() - due[itsTurn & (due.length - 1)]) * 1000, 1);
    });
  });
  const started = performance.now();
  const warmedUp = started + orders.warmUpSeconds * 1000;
  const end = warmedUp + orders.seconds * 1000;
  let before = null;
  // It spins: a timer would send a millisecond's messages at once.
  for (;;) {
    const now = performance.now();
    if (now >= end) break;
    if (before === null && now >= warmedUp) {
      before = sample();
      histogram.clear();
      late.clear();
    }
    // What comes is read in between, also when it is late.
    for (let sends = 0; sends < 64; sends++) {
      const at = started + (turn * inFlight * 1000) / rate;
      if (at > now) break;
      due[turn & (due.length - 1)] = at;
      clients[turn % clients.length].sendNumbers(turn * inFlight, inFlight);
      late.record((performance.now() - at) * 1000, 1);
      turn++;
    }
    await new Promise(setImmediate);
  }
  const usage = between(before, sample());
  return { ...usage, p50: histogram.quantile(0.5), p99: histogram.quantile(0.99), late: late.quantile(0.99) };
}

function sample() {
  const times = orders.pids.map((pid) => {
    const { user, system } = readProcessTimes(pid);
    return user + system;
  });
  const { user, system } = readProcessTimes("self");
  return { at: performance.now(), received: count(), times, load: user + system };
}

function between(before, after) {
  const seconds = (after.at - before.at) / 1000;
  return {
    seconds,
    delivered: after.received - before.received,
    /** CPU seconds of each process. */
    cpu: after.times.map((time, index) => time - before.times[index]),
    loadBusy: (after.load - before.load) / seconds,
  };
}

/** Each client must have got every message of the others in its room, once. */
async function audit() {
  const wanted = () => {
    return rooms.map((members) => {
      const sent = members.reduce((sum, member) => sum + member.sent, 0);
      return members.map((member) => (isEcho ? member.sent : sent - member.sent));
    });
  };
  let last = -1;
  let since = performance.now();
  for (;;) {
    const received = count();
    const all = wanted()
      .flat()
      .reduce((sum, each) => sum + each, 0);
    if (received !== last) since = performance.now();
    last = received;
    // When all is there, one more moment: a message that comes twice would come now.
    const patience = received >= all ? 50 : SILENCE_MS;
    if (performance.now() - since >= patience) break;
    await sleep(10);
  }
  let lost = 0;
  let twice = 0;
  wanted().forEach((expected, room) => {
    expected.forEach((each, index) => {
      const difference = each - rooms[room][index].received;
      if (difference > 0) lost += difference;
      else twice -= difference;
    });
  });
  return { lost, twice };
}
