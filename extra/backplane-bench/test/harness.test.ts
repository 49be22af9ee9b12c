import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serve } from "@mantou/serve";
import { expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);
const folder = fileURLToPath(new URL("..", import.meta.url));

interface Run {
  readonly contestants: readonly {
    readonly name: string;
    readonly error?: string;
    readonly scenarios: Readonly<
      Record<string, { readonly fault: string | null; readonly rounds: readonly { readonly rate: number }[] }>
    >;
  }[];
}

test("it measures ours and socket.io side by side, and writes JSON and a section", async () => {
  const place = mkdtempSync(join(tmpdir(), "mantou-bench-test-"));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const [json, page] = [join(place, "run.json"), join(place, "page.md")];
  // Both need no engine: a hub in one of the instances, and node:cluster.
  const names = ["local()", "socket.io, cluster"];
  const times = ["--rounds", "1", "--seconds", "0.2", "--warm-up", "0.1", "--scenario", "room-16"];
  const options = [...times, "--no-latency", "--no-workers", "--json", json, "--markdown", page];
  const { stdout } = await run(process.execPath, [join(folder, "main.mjs"), ...names, ...options]);

  const { contestants } = JSON.parse(readFileSync(json, "utf8")) as Run;
  expect(contestants.map(({ name, error }) => [name, error])).toEqual([
    ["mantou, local()", undefined],
    ["socket.io, cluster", undefined],
  ]);
  for (const { scenarios } of contestants) {
    expect(scenarios["room-16"]?.fault).toBeNull();
    expect(scenarios["room-16"]?.rounds[0]?.rate).toBeGreaterThan(0);
  }
  expect(stdout).toContain("| socket.io, cluster | ");
  expect(readFileSync(page, "utf8")).toContain("## One publish over two instances");
}, 30_000);

/** One server in the place of both instances, which forgets a message now and then, or says it twice. */
function startChat(copies: (message: number) => number): number {
  let messages = 0;
  const server = serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("", { status: 426 })),
    websocket: {
      open: (ws) => void ws.subscribe("room"),
      message: (ws, text) => {
        messages++;
        for (let i = copies(messages); i > 0; i--) ws.publish("room", text);
      },
    },
  });
  onTestFinished(() => server.stop(true));
  return server.port!;
}

async function load(port: number): Promise<{ lost: number; twice: number; delivered: number }> {
  const orders = {
    ports: [port, port],
    pids: [process.pid],
    protocol: "plain",
    rooms: 1,
    clients: 4,
    inFlight: 4,
    attempts: 1,
    warmUpSeconds: 0.05,
    seconds: 0.1,
  };
  const { stdout } = await run(process.execPath, [join(folder, "load/main.mjs"), JSON.stringify(orders)]);
  return JSON.parse(stdout) as { lost: number; twice: number; delivered: number };
}

test("it finds out that messages are lost, come twice, or reach no other client", async () => {
  const [good, lossy, doubling] = await Promise.all([
    load(startChat(() => 1)),
    load(startChat((message) => (message === 20 ? 0 : 1))),
    load(startChat((message) => (message === 20 ? 2 : 1))),
    expect(load(startChat(() => 0))).rejects.toThrow("messages do not reach all clients"),
  ]);
  expect(good).toMatchObject({ lost: 0, twice: 0 });
  expect(good.delivered).toBeGreaterThan(0);
  expect(lossy).toMatchObject({ lost: 3, twice: 0 });
  expect(doubling).toMatchObject({ lost: 0, twice: 3 });
}, 30_000);
