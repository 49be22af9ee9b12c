import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "@redis/client";
import { afterEach } from "vitest";
import { type Engine, type EngineKind, type EngineOptions, startEngine } from "./engines.ts";

/** What a test starts, which ends with it. */
export interface TestEngines {
  /** What is to be done behind the test, the last one first. */
  readonly cleanups: (() => unknown)[];
  start(kind: EngineKind, options?: EngineOptions): Promise<Engine>;
  /** A new one, which is empty. */
  folder(): string;
}

/** Called once, at the head of a test file. */
export function testEngines(): TestEngines {
  // The packages of engines are found from the program that runs, which would be vitest.
  process.argv[1] = fileURLToPath(import.meta.url);
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  return {
    cleanups,
    async start(kind, options) {
      const engine = await startEngine(kind, options);
      cleanups.push(() => engine.stop());
      return engine;
    },
    folder() {
      const path = mkdtempSync(join(tmpdir(), "mantou-engines-"));
      cleanups.push(() => rm(path, { recursive: true, force: true }));
      return path;
    },
  };
}

/** As a power cut does it. */
export async function kill(engine: Engine): Promise<void> {
  process.kill(engine.pid, "SIGKILL");
  await engine.stop();
}

/** Has Redis execute one command. */
export async function admin(port: number, ...args: string[]): Promise<unknown> {
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  await client.connect();
  try {
    return await client.sendCommand(args);
  } finally {
    client.destroy();
  }
}
