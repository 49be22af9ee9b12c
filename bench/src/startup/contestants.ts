import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { CachedPackages } from "../cache.ts";

/** tsx runs TypeScript on Node.js: what a start of `mantou` is compared with. */
export const tsx: CachedPackages = { tsx: "4.23.15" };

/** A way to run a small server from its source, or a module that only loads something. */
export interface StartupContestant {
  readonly name: string;
  readonly does: string;
  readonly runtime: "node" | "bun";
  /** The program's file, and its text. */
  readonly file: string;
  readonly source: string;
  /** The script that runs the file, if the runtime does not do so itself. It may be fetched first. */
  readonly script?: (fetched: (packages: CachedPackages) => Promise<string>) => Promise<string>;
  /** Whether it keeps something on disk between two starts. */
  readonly caches: boolean;
  /** A server is measured until its first response. A module that only loads something is measured until the process ends, and prints what it has taken. */
  readonly until: "response" | "end";
}

const options = '{ port: 0, fetch: (): Response => new Response("Bun!") }';
const announce = "console.log(JSON.stringify({ port: server.port }));\n";
/** The last line of a module that only loads something. */
const tell =
  "const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();\n" +
  "console.log(JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, memory: maxRSS * 1024 }));\n";
const loads = (name: string, does: string, source: string): StartupContestant => {
  const file = `${name}.mjs`;
  return { name, does, runtime: "node", file, source: source + tell, caches: false, until: "end" };
};

const ofBun = `const server = Bun.serve(${options});\n${announce}`;
const ofServe = `import { serve } from "@mantou/serve";\nconst server = serve(${options});\n${announce}`;

export const startupContestants: readonly StartupContestant[] = [
  {
    name: "mantou",
    does: "`mantou hello.ts` with `Bun.serve`",
    runtime: "node",
    file: "hello.ts",
    source: ofBun,
    script: () => {
      const manifest = createRequire(import.meta.url).resolve("@mantou/bun/package.json");
      return Promise.resolve(join(dirname(manifest), "dist", "cli", "main.js"));
    },
    caches: true,
    until: "response",
  },
  {
    name: "tsx",
    does: "`tsx hello.ts` with `serve` of `@mantou/serve`",
    runtime: "node",
    file: "hello.ts",
    source: ofServe,
    script: async (fetched) => join(await fetched(tsx), "dist", "cli.mjs"),
    caches: true,
    until: "response",
  },
  {
    name: "node",
    does: "`node hello.mjs` with `serve` of `@mantou/serve`: nothing is transformed",
    runtime: "node",
    file: "hello.mjs",
    source: ofServe.replace(": Response =>", " =>"),
    caches: false,
    until: "response",
  },
  {
    name: "bun",
    does: "`bun hello.ts` with `Bun.serve`",
    runtime: "bun",
    file: "hello.ts",
    source: ofBun,
    caches: false,
    until: "response",
  },
  loads("bare", "`node` with a module that loads nothing", ""),
  loads(
    "parts",
    "Node's own parts: `net`, `tls`, `crypto`, `zlib` and the platform's `Request` and `Response`",
    'import "node:net";\nimport "node:tls";\nimport "node:crypto";\nimport "node:zlib";\nvoid [Request, Response];\n',
  ),
  loads("import", '`import "@mantou/serve"` and nothing else', 'import "@mantou/serve";\n'),
];

/** @throws Error that lists the contestants. */
export function findStartupContestant(name: string): StartupContestant {
  const found = startupContestants.find((contestant) => contestant.name === name);
  if (found !== undefined) return found;
  const known = startupContestants.map((contestant) => contestant.name).join(", ");
  throw new Error(`there is no contestant "${name}"; there are: ${known}`);
}
