import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { local } from "@mantou/backplane/local";
import { captureErrors } from "@mantou/testing/errors";
import { until } from "@mantou/testing/wait";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../src/socket/timeouts.ts";
import { startWebSockets, type WebSocketServer } from "../support/websocket-pair.ts";

captureErrors();

const before = process.env["MANTOU_BACKPLANE"];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mantou-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  if (before === undefined) delete process.env["MANTOU_BACKPLANE"];
  else process.env["MANTOU_BACKPLANE"] = before;
});

async function talk(instances: readonly WebSocketServer[]): Promise<void> {
  const clients = [];
  for (const { server, connect } of instances) {
    await until(() => server.topics.state === "up", "the backplane");
    clients.push((await connect()).client);
  }
  const [first] = instances;
  await until(
    async () => (await first!.server.topics.count("t")).connections === clients.length,
    "all are counted",
  );
  first!.server.publish("t", "text");
  first!.server.publish("t", new Uint8Array([1, 2, 3]));
  for (const client of clients) {
    const [text, bytes] = await client.frames(2);
    expect([String(text!.payload), ...bytes!.payload]).toEqual(["text", 1, 2, 3]);
  }
  // Their engines close: no errors are logged.
  await Promise.all(instances.map(({ server }) => server.stop(true)));
}

const handler = { open: (ws: { subscribe(topic: string): boolean }) => void ws.subscribe("t") };

it("servers share their topics over a Unix socket: by the option", async () => {
  const start = (): WebSocketServer =>
    startWebSockets(handler, systemClock, { backplane: local(join(folder, "bus")), id: "a" });
  await talk([start(), start()]);
});

it("and by the environment, unless the option is false", async () => {
  process.env["MANTOU_BACKPLANE"] = `unix:${join(folder, "bus")}`;
  const start = (): WebSocketServer => startWebSockets(handler, systemClock, { id: "a" });
  await talk([start(), start()]);
  const { server } = startWebSockets(handler, systemClock, { backplane: false });
  expect(server.topics.state).toBe("none");
});
