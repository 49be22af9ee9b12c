import { Client } from "./client.ts";
import { normalise, type Recording } from "./record.ts";
import { RuntimeHost } from "./runtime.ts";
import type { Area, Scenario } from "./scenario.ts";

/** Recordings by area, then by scenario, in the order in which they are written. */
export type Recordings = Record<string, Record<string, Recording>>;

/** Scenarios mostly wait, some of them for events that never come. */
const AT_ONCE = 8;

/**
 * Runs every scenario on one runtime.
 * @param mode `default` or `plain` for Mantou; Bun has only one
 */
export async function runAll(binary: string, mode: string, areas: readonly Area[]): Promise<Recordings> {
  const host = new RuntimeHost(binary, mode);
  const recordings: Recordings = {};
  const queue: (() => Promise<void>)[] = [];
  for (const { area, scenarios } of areas) {
    const recorded: Record<string, Recording> = {};
    recordings[area] = recorded;
    for (const scenario of scenarios) {
      recorded[scenario.name] = { wire: [], notes: [] };
      queue.push(async () => {
        recorded[scenario.name] = await runOne(host, area, scenario);
      });
    }
  }
  try {
    const work = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await host.close();
  }
  return recordings;
}

async function runOne(host: RuntimeHost, area: string, scenario: Scenario): Promise<Recording> {
  const started = await host.start(area, scenario.name);
  if ("failed" in started) return { wire: [{ failed: started.failed }], notes: [] };
  const client = new Client(host, started);
  await scenario.client(client);
  // The end of open connections is not part of the scenario.
  const notes = await host.stop(started.run);
  client.close();
  const port = "port" in started ? started.port : null;
  return normalise({ wire: client.wire, notes }, port, started.folder);
}
