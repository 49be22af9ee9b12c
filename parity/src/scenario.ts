import type {
  Cookie,
  CookieMap,
  file,
  Response as LightResponse,
  ServeOptions,
  Server,
  serve,
} from "@mantou/serve";
import type { Client } from "./client.ts";

/** What a scenario's server is: data of any type, since it is written for two runtimes and judged by what it does. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyOptions = ServeOptions<any, string>;

// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyServer = Server<any>;

/** What a scenario's server gets: what both runtimes have, and ways to speak with the scenario's client. */
export interface Kit {
  readonly serve: typeof serve;
  readonly file: typeof file;
  readonly Cookie: typeof Cookie;
  readonly CookieMap: typeof CookieMap;
  /** The light one of ours, which is the global one by default; on Bun the global one. */
  readonly Response: typeof LightResponse;
  /** A folder with the same files each time; see `fixtures.ts`. */
  readonly folder: string;
  /** A certificate for localhost, and its key. */
  readonly tls: { readonly cert: string; readonly key: string };
  /** A path that nothing is at, for a Unix socket. */
  readonly socketPath: string;
  /** Keeps what happened, in this order. Part of the record. */
  note(...what: unknown[]): void;
  /** As `note`, with what calling `action` gives, or the name of what it throws. */
  attempt(what: string, action: () => unknown): void;
  /** Resolves when the client says so. */
  signal(name: string): Promise<void>;
  /** The running server; not before `serve` has returned. */
  server(): AnyServer;
}

/** What a runtime has of the kit. */
export type Runtime = Pick<Kit, "serve" | "file" | "Cookie" | "CookieMap" | "Response">;

/** One thing that servers do, as a program that serves and a client that watches it. */
export interface Scenario {
  /** Unique in its area. */
  readonly name: string;
  /** Gives the options of `serve`; port, address and `development: false` are filled in. Runs on both runtimes. */
  readonly server: (kit: Kit) => AnyOptions;
  /** What it sends, and whatever it waits for is recorded. */
  readonly client: (client: Client) => Promise<void>;
}

export interface Area {
  readonly area: string;
  readonly scenarios: readonly Scenario[];
}

/** Collects the scenarios of an area. */
export class AreaBuilder implements Area {
  readonly area: string;
  readonly scenarios: Scenario[] = [];

  constructor(area: string) {
    this.area = area;
  }

  /** @throws Error for a name that is there already */
  add(name: string, server: Scenario["server"], client: Scenario["client"]): this {
    if (this.scenarios.some((scenario) => scenario.name === name))
      throw new Error(`${this.area}: ${name}: twice`);
    this.scenarios.push({ name, server, client });
    return this;
  }
}
