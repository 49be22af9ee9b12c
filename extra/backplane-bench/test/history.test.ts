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
    readonly scenarios: Readonly<
      Record<string, { readonly fault: string | null; readonly rounds: readonly { readonly cpu: number }[] }>
    >;
  }[];
}

test("it measures publishes and returns of ours without an engine, and writes JSON and a section", async () => {
  const place = mkdtempSync(join(tmpdir(), "mantou-bench-test-"));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const [json, page] = [join(place, "run.json"), join(place, "page.md")];
  const names = ["local()", "memory"];
  const times = ["--rounds", "1", "--seconds", "0.2", "--warm-up", "0.1"];
  const scenarios = ["history-16", "return-20"].flatMap((name) => ["--scenario", name]);
  const options = [...times, ...scenarios, "--json", json, "--markdown", page];
  const { stdout } = await run(process.execPath, [join(folder, "history/main.mjs"), ...names, ...options]);

  const { contestants } = JSON.parse(readFileSync(json, "utf8")) as Run;
  expect(contestants.map(({ name }) => name)).toEqual(["mantou, local()", "mantou, memory"]);
  for (const { scenarios: measured } of contestants) {
    for (const name of ["history-16", "return-20"]) {
      expect(measured[name]?.fault).toBeNull();
      expect(measured[name]?.rounds[0]?.cpu).toBeGreaterThan(0);
    }
  }
  expect(stdout).toContain("| mantou, memory | ");
  expect(readFileSync(page, "utf8")).toContain("## A publish with history, and clients that come back");
}, 60_000);

/** A server that speaks the protocol by hand, for one room, and says a message never or twice. */
function startRoom(copies: (message: number) => number): number {
  let offset = 0;
  const server = serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, self) =>
      self.upgrade(request, { headers: { "sec-websocket-protocol": "mantou.topics.1" } })
        ? undefined
        : new Response("", { status: 426 }),
    websocket: {
      open: (ws) => {
        ws.send("s a.1");
        ws.send(`+r0 e.${offset}.c`);
        ws.subscribe("room");
      },
      message: (ws, text) => {
        offset++;
        const message = `m r0 ${offset}.c\n${String(text).slice(2)}`;
        for (let i = copies(offset); i > 0; i--) ws.publish("room", message);
      },
    },
  });
  onTestFinished(() => server.stop(true));
  return server.port!;
}

function load(port: number): Promise<unknown> {
  const times = { warmUpSeconds: 0.05, seconds: 0.1 };
  const orders = {
    ports: [port],
    pids: [process.pid],
    protocol: "topics",
    task: "publish",
    rooms: 1,
    inFlight: 4,
    ...times,
  };
  return run(process.execPath, [join(folder, "load/history.mjs"), JSON.stringify(orders)]);
}

test("it finds out that messages are lost or come twice", async () => {
  await Promise.all([
    load(startRoom(() => 1)),
    expect(load(startRoom((message) => (message === 20 ? 0 : 1)))).rejects.toThrow(
      "got message 20 behind 18",
    ),
    expect(load(startRoom((message) => (message === 20 ? 2 : 1)))).rejects.toThrow(
      "got message 19 behind 19",
    ),
  ]);
}, 30_000);
