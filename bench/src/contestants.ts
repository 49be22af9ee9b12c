import { join } from "node:path";
import { type CachedPackages, crossws, fastify, hono, nativeWs, srvx } from "./cache.ts";
import type { App, Scenario } from "./scenario.ts";

export interface Contestant {
  readonly name: string;
  /** A `limit` parses nothing and serves no application: it shows what the transport allows, and never wins. */
  readonly kind: "server" | "limit";
  readonly runtime: "node" | "bun" | "deno";
  /** Arguments for the runtime, before the file. */
  readonly flags: readonly string[];
  /** The file of `servers/` for each app that it can be. */
  readonly apps: Readonly<Partial<Record<App, string>>>;
  /** The package whose version belongs into the report, if it is one. */
  readonly versionOf?: string;
  /** Packages that are fetched from npm before it can run. */
  readonly fetches?: CachedPackages;
  /** The built `bench` with its files and packages, unless it is this one. */
  readonly folder?: string;
}

/** These apps, all of them in one file. */
function appsIn(file: string, ...apps: readonly App[]): Contestant["apps"] {
  return Object.fromEntries(apps.map((app) => [app, file]));
}

const handlerApps = ["hello", "json", "body-64k", "upload", "stream"] as const;
const http = ["routed", ...handlerApps] as const;
const webSocket = ["echo", "echo-deflate", "chat", "chat-deflate", "topics"] as const;
const bunOnly = ["hello-tls", "static", "routed-500", "file", "echo-dedicated", "echo-tls"] as const;

/** In the order in which they take turns, except that the base of the ratios always goes first. */
export const contestants: readonly Contestant[] = [
  {
    name: "mantou",
    kind: "server",
    runtime: "node",
    flags: [],
    apps: appsIn("mantou.js", ...http, ...webSocket, ...bunOnly),
    versionOf: "@mantou/serve",
  },
  {
    name: "mantou-plain",
    kind: "server",
    runtime: "node",
    flags: [],
    // Without the light globals only what a handler constructs per request differs.
    apps: appsIn("mantou-plain.js", "hello", "routed", "json"),
    versionOf: "@mantou/serve",
  },
  {
    name: "mantou-plain-response",
    kind: "server",
    runtime: "node",
    flags: [],
    apps: appsIn("mantou-plain-response.js", "hello", "json"),
    versionOf: "@mantou/serve",
  },
  {
    name: "bun",
    kind: "server",
    runtime: "bun",
    flags: [],
    apps: appsIn("bun.js", ...http, ...webSocket, ...bunOnly),
  },
  {
    name: "node:http",
    kind: "server",
    runtime: "node",
    flags: [],
    apps: appsIn("node-http.js", ...http, "file", "hello-tls"),
  },
  {
    name: "deno",
    kind: "server",
    runtime: "deno",
    flags: ["run", "--allow-all", "--no-config", "--quiet"],
    apps: appsIn("deno.js", ...handlerApps, "hello-tls", "echo", "chat"),
  },
  {
    name: "fastify",
    kind: "server",
    runtime: "node",
    flags: [],
    apps: appsIn("fastify.js", ...http, "routed-500", "hello-tls"),
    fetches: fastify,
  },
  {
    name: "hono",
    kind: "server",
    runtime: "node",
    flags: [],
    apps: appsIn("hono.js", ...http, "routed-500"),
    fetches: hono,
  },
  {
    name: "srvx",
    kind: "server",
    runtime: "node",
    flags: [],
    apps: appsIn("srvx.js", ...handlerApps),
    fetches: srvx,
  },
  {
    name: "ws",
    kind: "server",
    runtime: "node",
    flags: [],
    apps: appsIn("ws.js", ...webSocket),
    versionOf: "ws",
  },
  {
    name: "ws-native",
    kind: "server",
    runtime: "node",
    flags: [],
    apps: appsIn("ws-native.js", ...webSocket),
    fetches: nativeWs,
  },
  {
    name: "crossws",
    kind: "server",
    runtime: "node",
    flags: [],
    apps: appsIn("crossws.js", "echo", "chat", "topics"),
    fetches: crossws,
  },
  { name: "net", kind: "limit", runtime: "node", flags: [], apps: { hello: "net.js" } },
  { name: "raw-tls", kind: "limit", runtime: "node", flags: [], apps: { "hello-tls": "net.js" } },
  {
    name: "raw",
    kind: "limit",
    runtime: "node",
    flags: [],
    apps: { hello: "raw.js", echo: "raw-echo.js", file: "raw-file.js" },
  },
];

/**
 * Those that can take part in a scenario, the base first: it is the neighbour that the others are compared with. A limit reads no
 * frames, so it does not know when a WebSocket closes.
 */
export function lineUp(
  scenario: Scenario,
  only: readonly string[] | undefined,
  base: string | undefined,
): Contestant[] {
  const chosen = contestants.filter((contestant) => {
    return (
      contestant.apps[scenario.app] !== undefined &&
      (contestant.kind === "server" || scenario.kind !== "upgrade") &&
      (only === undefined || only.includes(contestant.name))
    );
  });
  const first = chosen.find((contestant) => contestant.name === (base ?? "bun")) ?? chosen[0];
  return chosen.sort((a, b) => Number(b === first) - Number(a === first));
}

/** @throws Error that lists the contestants. */
export function checkContestant(name: string): string {
  if (contestants.some((contestant) => contestant.name === name)) return name;
  const known = contestants.map((contestant) => contestant.name).join(", ");
  throw new Error(`there is no contestant "${name}"; there are: ${known}`);
}

/** The command that starts `contestant` as `app`, given the binary of its runtime. */
export function serverCommand(contestant: Contestant, app: App, binary: string): string[] {
  const file = contestant.apps[app];
  if (file === undefined) throw new Error(`${contestant.name} has no server for "${app}"`);
  const servers = contestant.folder === undefined ? import.meta.dirname : join(contestant.folder, "dist");
  return [binary, ...contestant.flags, join(servers, "servers", file), app];
}
