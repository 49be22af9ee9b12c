// `pnpm test:matrix`: runs the tests on each supported line of Node.js, over each transport where it can matter.
// `--short` is for after `pnpm test`: it takes the oldest and the newest line only, leaves out what `pnpm test` has run on its own line,
// and runs properties as often as `pnpm test`.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { nodeRuntime, nodeRuntimes } from "../bench/dist/runtimes.js";

const root = new URL("../", import.meta.url);
const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")));

const short = process.argv.includes("--short");
process.env.MANTOU_MATRIX = "1";
if (short) {
  delete process.env.MANTOU_FULL;
  // `pnpm test` has asked Bun what the small programs of packages/bun print.
  process.env.MANTOU_WITHOUT_BUN = "1";
}

const oldest = nodeRuntimes[0];
const newest = nodeRuntimes[nodeRuntimes.length - 1];
const lines = short ? [oldest, newest] : nodeRuntimes;
const own = `node${process.versions.node.split(".")[0]}`;

/** What runs where: `handle` and `stream` say on which lines. */
const plans = [
  {
    // They open no socket of a server. What differs between lines has come, or gone, from one end to the other.
    folders: [
      "packages/backplane",
      "packages/http1",
      "packages/pubsub",
      "packages/router",
      "packages/topics",
      "packages/websocket",
    ],
    handle: (line) => line === oldest || line === newest,
    stream: () => false,
  },
  // Commands that users run, on whatever line they have.
  {
    folders: ["packages/conformance", "packages/create-mantou"],
    handle: (line) => line === oldest || line === newest,
    stream: () => false,
  },
  {
    // Its projects run what depends on the transport over both; the rest over the other one is for the whole matrix.
    folders: ["packages/serve"],
    handle: () => true,
    stream: (line) => !short && line === newest,
  },
  { folders: ["packages/html", "packages/bun"], handle: () => true, stream: () => false },
  // What goes over the wire, recorded.
  { folders: ["parity"], handle: () => true, stream: () => true },
  {
    folders: ["examples/chat", "examples/files", "examples/page", "examples/proxy"],
    handle: () => true,
    stream: (line) => line === newest,
  },
];

const queue = [];
for (const line of lines) {
  const { binary, version } = await nodeRuntime(line);
  for (const transport of ["handle", "stream"]) {
    if (short && line === own && transport === "handle") {
      console.log(`skipped Node.js ${version}  handle    as run by pnpm test`);
      continue;
    }
    for (const folder of plans.flatMap((plan) => (plan[transport](line) ? plan.folders : []))) {
      queue.push({ binary, version, transport, folder });
    }
  }
}

const results = [];
// Two packages at a time: vitest leaves one core of a machine of two to others.
await Promise.all([runQueue(), runQueue()]);
const failed = results.filter(({ passed }) => !passed);
console.log(`\nmatrix: ${results.length - failed.length} passed, ${failed.length} failed`);
for (const { text } of failed) console.log(text);
process.exitCode = failed.length === 0 ? 0 : 1;

async function runQueue() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { binary, version, transport, folder } = next;
    const started = performance.now();
    const passed = await run(binary, folder, transport);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const text = `${passed ? "passed" : "FAILED"}  Node.js ${version}  ${transport.padEnd(8)} ${folder}  ${seconds} s`;
    results.push({ passed, text });
    console.log(text);
  }
}

/** Shows a run's output only if it fails. */
function run(binary, folder, transport) {
  const env = { ...process.env, MANTOU_TRANSPORT: transport === "stream" ? "stream" : "", NO_COLOR: "1" };
  const child = spawn(binary, [vitest, "run"], {
    cwd: new URL(`${folder}/`, root),
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.on("close", (code) => {
      if (code !== 0) console.log(output);
      resolve(code === 0);
    });
  });
}
