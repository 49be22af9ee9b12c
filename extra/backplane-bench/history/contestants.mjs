/** What is measured side by side: servers whose clients get what they have missed. They have the fields of `../contestants.mjs`. */

/** @typedef {import("../contestants.mjs").Contestant & { isAlone?: boolean }} Contestant isAlone: there is one instance, and no engine */

/** @type {readonly Contestant[]} */
export const contestants = [
  {
    name: "mantou, valkey()",
    does: "topics with a history, `serve({ backplane: valkey(url) })`, and clients of `mantou.topics.1`",
    engine: "redis",
    runtime: "node",
    program: ["history.mjs"],
    protocol: "topics",
    packages: ["@redis/client"],
  },
  {
    name: "mantou, local()",
    does: "the same with `local(path)`; one of the instances is the hub",
    engine: "local",
    runtime: "node",
    program: ["history.mjs"],
    protocol: "topics",
    packages: [],
  },
  {
    name: "mantou, memory",
    does: "the same in one process, without a backplane: all clients are at one instance",
    engine: "none",
    runtime: "node",
    program: ["history.mjs"],
    isAlone: true,
    protocol: "topics",
    packages: [],
  },
  {
    name: "socket.io, recovery",
    does: "socket.io with `connectionStateRecovery` and `@socket.io/redis-streams-adapter`",
    engine: "redis",
    runtime: "node",
    program: ["socket.io.mjs", "recovery"],
    protocol: "socket.io",
    packages: ["socket.io", "@socket.io/redis-streams-adapter"],
  },
];

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title
 * @property {"publish" | "return"} task
 * @property {number} rooms
 * @property {number} [inFlight] messages of each room's publisher
 * @property {number} [clients] in each room, that leave and come back
 * @property {number} [missed] messages that each of them has missed
 */

/** @type {readonly Scenario[]} */
export const scenarios = [
  {
    name: "history-1",
    title:
      "a publish with history: 100 rooms with a publisher and, at the other instance, a receiver; 1 message of each room in flight",
    task: "publish",
    rooms: 100,
    inFlight: 1,
  },
  {
    name: "history-16",
    title: "a publish with history: as history-1, 16 messages of each room in flight",
    task: "publish",
    rooms: 100,
    inFlight: 16,
  },
  {
    name: "return-0",
    title:
      "200 clients of one room lose their connections, and come back at the other instance; they have missed nothing",
    task: "return",
    rooms: 1,
    clients: 200,
    missed: 0,
  },
  {
    name: "return-20",
    title: "200 clients of one room come back as in return-0, and each has missed 20 messages",
    task: "return",
    rooms: 1,
    clients: 200,
    missed: 20,
  },
  {
    name: "return-rooms-20",
    title: "100 clients of a room each, which have missed 20 messages of it",
    task: "return",
    rooms: 100,
    clients: 1,
    missed: 20,
  },
];
