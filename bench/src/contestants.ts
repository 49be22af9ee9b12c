import { fileURLToPath } from "node:url";
import { type CachedPackages, nativeWs } from "./cache.ts";
import type { App, Scenario } from "./scenarios.ts";

export interface Contestant {
  readonly name: string;
  /** A `limit` parses nothing and can serve nobody: it shows what the transport allows, and never wins. */
  readonly kind: "server" | "limit";
  readonly runtime: "node" | "bun";
  /** Arguments for the runtime, before the file. */
  readonly flags: readonly string[];
  /** For each thing it can be, the file of `servers/` that is it. */
  readonly apps: Readonly<Partial<Record<App, string>>>;
  /** The package whose version belongs into the report, if it is one. */
  readonly versionOf?: string;
  /** What is fetched from npm before it can be run. */
  readonly fetches?: CachedPackages;
}

const bunApi = (file: string): Record<App, string> => {
  return {
    hello: file,
    static: file,
    routed: file,
    echo: file,
    "echo-deflate": file,
    "echo-dedicated": file,
    chat: file,
    "chat-deflate": file,
  };
};

const wsApi = (file: string): Contestant["apps"] => {
  return { echo: file, "echo-deflate": file, chat: file, "chat-deflate": file };
};

/** In the order in which they take turns, except that the base of the ratios always goes first. */
export const contestants: readonly Contestant[] = [
  {
    name: "mantou",
    kind: "server",
    runtime: "node",
    flags: ["--import", "@mantou/serve/register"],
    apps: bunApi("mantou.js"),
    versionOf: "@mantou/serve",
  },
  {
    name: "mantou-plain",
    kind: "server",
    runtime: "node",
    flags: [],
    // Without the light globals only what a handler constructs per request differs.
    apps: { hello: "mantou.js", routed: "mantou.js" },
    versionOf: "@mantou/serve",
  },
  { name: "bun", kind: "server", runtime: "bun", flags: [], apps: bunApi("bun.js") },
  {
    name: "node:http",
    kind: "server",
    runtime: "node",
    flags: [],
    apps: { hello: "node-http.js", routed: "node-http.js" },
  },
  {
    name: "ws",
    kind: "server",
    runtime: "node",
    flags: [],
    apps: wsApi("ws.js"),
    versionOf: "ws",
  },
  {
    name: "ws-native",
    kind: "server",
    runtime: "node",
    flags: [],
    apps: wsApi("ws-native.js"),
    fetches: nativeWs,
  },
  { name: "net", kind: "limit", runtime: "node", flags: [], apps: { hello: "net.js" } },
  { name: "raw", kind: "limit", runtime: "node", flags: [], apps: { hello: "raw.js", echo: "raw-echo.js" } },
];

/** Those that can take part in a scenario, the base first: it is the neighbour that the others are compared with. */
export function lineUp(
  scenario: Scenario,
  only: readonly string[] | undefined,
  base: string | undefined,
): Contestant[] {
  const chosen = contestants.filter((contestant) => {
    return (
      contestant.apps[scenario.app] !== undefined && (only === undefined || only.includes(contestant.name))
    );
  });
  const first = chosen.find((contestant) => contestant.name === (base ?? "bun")) ?? chosen[0];
  return chosen.sort((a, b) => Number(b === first) - Number(a === first));
}

/** @throws Error naming the contestants there are. */
export function checkContestant(name: string): string {
  if (contestants.some((contestant) => contestant.name === name)) return name;
  const known = contestants.map((contestant) => contestant.name).join(", ");
  throw new Error(`there is no contestant "${name}"; there are: ${known}`);
}

/** The command that starts `contestant` as `app`, given the binary of its runtime. */
export function serverCommand(contestant: Contestant, app: App, binary: string): string[] {
  const file = contestant.apps[app];
  if (file === undefined) throw new Error(`${contestant.name} has no server for "${app}"`);
  return [binary, ...contestant.flags, fileURLToPath(new URL(`servers/${file}`, import.meta.url)), app];
}
