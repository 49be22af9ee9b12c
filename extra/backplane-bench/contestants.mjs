/** What is measured side by side. */

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {string} does for the page
 * @property {"redis" | "nats" | "local" | "none"} engine what carries messages between the instances
 * @property {"node" | "bun"} runtime
 * @property {readonly string[]} program the file below `instances/` and its first arguments; the engine's URL follows
 * @property {boolean} [isOneProcess] whether one start brings both instances
 * @property {"plain" | "socket.io"} protocol
 * @property {boolean} latency whether it is measured under half load, too
 * @property {readonly string[]} packages whose versions the report names
 */

/** @type {readonly Contestant[]} */
export const contestants = [
  {
    name: "mantou, valkey()",
    does: "`serve({ backplane: valkey(url) })`",
    engine: "redis",
    runtime: "node",
    program: ["mantou.mjs"],
    protocol: "plain",
    latency: true,
    packages: ["@redis/client"],
  },
  {
    name: "mantou, nats()",
    does: "`serve({ backplane: nats(url) })`",
    engine: "nats",
    runtime: "node",
    program: ["mantou.mjs"],
    protocol: "plain",
    latency: true,
    packages: ["@nats-io/transport-node"],
  },
  {
    name: "mantou, local()",
    does: "`serve({ backplane: local(path) })`; one of the instances is the hub",
    engine: "local",
    runtime: "node",
    program: ["mantou.mjs"],
    protocol: "plain",
    latency: true,
    packages: [],
  },
  {
    name: "Bun, own relay",
    does: "`Bun.serve` and 20 lines around two of Bun's `RedisClient`: a channel for each topic, the instance's name before each message",
    engine: "redis",
    runtime: "bun",
    program: ["bun-relay.mjs"],
    protocol: "plain",
    latency: true,
    packages: [],
  },
  {
    name: "crossws, sync",
    does: "crossws' adapter for Node.js with `sync: redis()`",
    engine: "redis",
    runtime: "node",
    program: ["crossws.mjs"],
    protocol: "plain",
    latency: true,
    packages: ["crossws"],
  },
  {
    name: "socket.io, redis",
    does: "socket.io with `@socket.io/redis-adapter`",
    engine: "redis",
    runtime: "node",
    program: ["socket.io.mjs", "redis"],
    protocol: "socket.io",
    latency: true,
    packages: ["socket.io", "@socket.io/redis-adapter"],
  },
  {
    name: "socket.io, streams",
    does: "socket.io with `@socket.io/redis-streams-adapter`",
    engine: "redis",
    runtime: "node",
    program: ["socket.io.mjs", "streams"],
    protocol: "socket.io",
    latency: false,
    packages: ["@socket.io/redis-streams-adapter"],
  },
  {
    name: "socket.io, cluster",
    does: "two workers of `node:cluster` with `@socket.io/cluster-adapter`; the primary process counts as the engine",
    engine: "none",
    runtime: "node",
    program: ["socket.io.mjs", "cluster"],
    isOneProcess: true,
    protocol: "socket.io",
    latency: false,
    packages: ["@socket.io/cluster-adapter"],
  },
];

/** @typedef {{ name: string, title: string, rooms: number, clients: number, inFlight: number }} Scenario clients: in each room, half at each instance */

/** @type {readonly Scenario[]} */
export const scenarios = [
  {
    name: "room-1",
    title: "a room of 2 × 16 clients, 1 message of each in flight",
    rooms: 1,
    clients: 32,
    inFlight: 1,
  },
  {
    name: "room-16",
    title: "a room of 2 × 16 clients, 16 messages of each in flight",
    rooms: 1,
    clients: 32,
    inFlight: 16,
  },
  {
    name: "rooms-1000",
    title: "1,000 rooms of 2 × 1 clients, 1 message of each in flight",
    rooms: 1000,
    clients: 2,
    inFlight: 1,
  },
];

/** The scenarios whose latencies are measured at half of a contestant's own rate. */
export const latencyOf = ["room-1", "room-16"];
