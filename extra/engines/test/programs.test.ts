import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, hasEngines, startEngine } from "./support/engines.ts";
import { type Environment, prints, RUNTIMES } from "./support/run.ts";

const folder = fileURLToPath(new URL("../programs/", import.meta.url));
const PROGRAMS = readdirSync(folder).filter((name) => /^(?:sql|redis)-.*\.ts$/.test(name));
/** `MANTOU_RECORD=1` writes down what Bun prints. */
const isRecording = process.env["MANTOU_RECORD"] === "1";

/** Each program prints on Bun and under `mantou` what its .txt file says. The lines of both runtimes that differ are marked there. */
describe.skipIf(!hasEngines())("programs that use databases", () => {
  let engines: Engine[] = [];
  let env: Environment = {};

  beforeAll(async () => {
    engines = await Promise.all([
      startEngine("postgres"),
      startEngine("redis"),
      startEngine("postgres", { tls: true }),
    ]);
    const [postgres, redis, secure] = engines as [Engine, Engine, Engine];
    env = {
      DATABASE_URL: `postgres://postgres@127.0.0.1:${postgres.port}/postgres`,
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      SOCKET_FOLDER: postgres.folder,
      SOCKET_PORT: String(postgres.port),
      SECURE_FOLDER: secure.folder,
      SECURE_PORT: String(secure.port),
    };
  });

  afterAll(() => Promise.all(engines.map((engine) => engine.stop())));

  describe.each(PROGRAMS)("%s", (name) => {
    const path = join(folder, name.replace(/ts$/, "txt"));

    it.each(isRecording ? RUNTIMES.slice(0, 1) : RUNTIMES)("prints the same $name", async (runtime) => {
      const text = await prints(runtime, name, folder, env);
      if (isRecording) writeFileSync(path, text);
      else expect(text).toBe(readFileSync(path, "utf8"));
    });
  });
});
