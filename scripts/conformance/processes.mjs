// The processes of the peers: each in a group of its own, on a port that was free.
import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";

export function run({ command, args, env = {}, cwd }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  child.printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (bytes) => (child.printed = (child.printed + bytes).slice(-2000)));
  child.on("error", (error) => (child.printed += error.message));
  child.ended = new Promise((resolve) => child.on("close", resolve));
  return child;
}

/** The group too: some servers have workers. */
export async function stop(child) {
  // It could not be started.
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGTERM");
    const timer = setTimeout(() => process.kill(-child.pid, "SIGKILL"), 3_000);
    await child.ended;
    clearTimeout(timer);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until a server accepts connections, at most thirty seconds. */
export async function accepts(port, child) {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    const isThere = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("close", () => {});
      socket.once("connect", () => socket.destroy());
    });
    if (isThere) return;
    if (child.exitCode !== null) throw new Error(`it ended: ${child.printed.trim().split("\n").at(-1)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("it did not accept a connection within 30 s");
}
