import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from "vitest/config";
import { runsAll } from "../../vitest.runs.ts";
import shared from "../../vitest.shared.ts";
import {
  ALONE,
  BOTH_MODES,
  BOTH_TRANSPORTS,
  type Choice,
  EVERYWHERE,
  PLAIN_ON_STREAM,
  PLAIN_ONLY,
  SLOW,
} from "./test/projects.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** How the project's connections are driven. */
    transport: "handle" | "stream";
    /** What `Request`, `Response`, `Headers` and `fetch` are when a file begins: ours, the platform's, or what it makes of them. */
    globals: "ours" | "plain" | "the file's";
  }
}

type Transport = "handle" | "stream";
type Globals = "ours" | "plain" | "the file's";

/** Everything runs over this one, and nothing over another if it is asked for: `MANTOU_TRANSPORT=stream vitest run`. */
const main: Transport = process.env["MANTOU_TRANSPORT"] === "stream" ? "stream" : "handle";
const all: readonly Choice[] = [{ why: "", files: ["**/*"] }];

function patterns(choices: readonly Choice[]): string[] {
  return choices.flatMap(({ files }) => files).map((name) => `test/${name}.test.ts`);
}

function inBoth(one: readonly Choice[], other: readonly Choice[]): Choice[] {
  const named = new Set(other.flatMap(({ files }) => files));
  return one.map(({ why, files }) => ({ why, files: files.filter((file) => named.has(file)) }));
}

function project(
  name: string,
  transport: Transport,
  globals: Globals,
  files: readonly Choice[],
  without: readonly Choice[] = [],
): TestProjectInlineConfiguration {
  const setup = fileURLToPath(new URL("test/support/setup.ts", import.meta.url));
  const isShared = globals !== "the file's";
  return {
    test: {
      ...shared.test,
      name,
      include: patterns(files),
      exclude: [...(shared.test?.exclude ?? []), ...patterns(without)],
      provide: { transport, globals },
      env: { MANTOU_TRANSPORT: transport, MANTOU_GLOBALS: globals === "plain" ? "0" : "" },
      // Files share a process, and so what they import: to start and to import was a third of what this package's tests cost.
      isolate: !isShared,
      setupFiles: [...[shared.test?.setupFiles ?? []].flat(), ...(isShared ? [setup] : [])],
    },
  };
}

const isQuick = process.env["MANTOU_QUICK"] === "1";
/** In `pnpm test` a file that depends on both the mode and the transport runs once with both changed; in CI with each of them, too. */
const both = runsAll || main === "stream" ? [] : inBoth(BOTH_MODES, BOTH_TRANSPORTS);
const projects = [project(main, main, "ours", all, [...PLAIN_ONLY, ...ALONE, ...(isQuick ? SLOW : [])])];
if (!isQuick) {
  projects.push(
    project("alone", main, "the file's", ALONE),
    project("plain", main, "plain", [...BOTH_MODES, ...PLAIN_ONLY, ...EVERYWHERE], both),
  );
  if (main === "handle") {
    projects.push(
      project("stream", "stream", "ours", [...BOTH_TRANSPORTS, ...EVERYWHERE], both),
      project("plain-stream", "stream", "plain", [...PLAIN_ON_STREAM, ...both, ...EVERYWHERE]),
    );
  }
}

const config: ViteUserConfig = defineConfig({ test: { projects } });

export default config;
