// `pnpm test:matrix`: runs the tests on each supported line of Node.js, and the server's tests on both transports.
// `--short` takes the oldest and the newest line only, and runs properties a fifth of the times.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { nodeRuntime, nodeRuntimes } from "../bench/dist/runtimes.js";

const root = new URL("../", import.meta.url);
const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")));

/** Packages that open no socket are the same on both transports; projects of `packages/serve` run it over both. */
const once = ["packages/http1", "packages/pubsub", "packages/router", "packages/websocket", "packages/serve"];
const servers = ["packages/bun", "examples/chat", "examples/files", "examples/proxy", "parity"];

const short = process.argv.includes("--short");
if (short) delete process.env.MANTOU_FULL;
const lines = short ? [nodeRuntimes[0], nodeRuntimes[nodeRuntimes.length - 1]] : nodeRuntimes;

const results = [];
for (const line of lines) {
  const { binary, version } = await nodeRuntime(line);
  for (const [transport, folders] of [
    ["handle", [...once, ...servers]],
    ["stream", servers],
  ]) {
    for (const folder of folders) {
      const started = performance.now();
      const passed = await run(binary, folder, transport);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      results.push({
        passed,
        text: `${passed ? "passed" : "FAILED"}  Node.js ${version}  ${transport.padEnd(8)} ${folder}  ${seconds} s`,
      });
      console.log(results.at(-1).text);
    }
  }
}
const failed = results.filter(({ passed }) => !passed);
console.log(`\nmatrix: ${results.length - failed.length} passed, ${failed.length} failed`);
for (const { text } of failed) console.log(text);
process.exitCode = failed.length === 0 ? 0 : 1;

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
