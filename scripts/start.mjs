// `pnpm start` and `pnpm start:cluster`: builds the chat and what it needs, prints the build's own lines only if it fails, and runs the chat in this process.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Milliseconds after which a build says that it runs. With everything in turbo's cache it takes less. */
const QUIET = 2000;

const root = new URL("../", import.meta.url);
const program = process.argv[2] ?? "main";

const started = performance.now();
const notice = setTimeout(() => console.log("Building the chat and its packages …"), QUIET);
const failure = await build();
clearTimeout(notice);
if (failure === null) {
  if (performance.now() - started > QUIET) console.log(`Built in ${seconds(started)} s.`);
  await import(new URL(`examples/chat/dist/${program}.js`, root).href);
} else {
  console.error(`${failure}\nThe build failed.`);
  process.exitCode = 1;
}

/** Builds. @returns what turbo has printed if it fails, else null */
function build() {
  const turbo = spawn(
    "turbo",
    ["run", "build", "--filter=@mantou/example-chat...", "--output-logs=errors-only"],
    {
      cwd: fileURLToPath(root),
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let printed = "";
  for (const stream of [turbo.stdout, turbo.stderr]) stream.on("data", (bytes) => (printed += bytes));
  return new Promise((resolve) => {
    turbo.once("error", (error) => resolve(error.message));
    turbo.once("close", (code) => resolve(code === 0 ? null : printed));
  });
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1);
}
