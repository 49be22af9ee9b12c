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

/** The options of a scenario's server. Data of any type: they are written for two runtimes, and the wire judges them. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyOptions = ServeOptions<any, string>;

// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyServer = Server<any>;

/** What a scenario's server gets: the API of both runtimes, and means to talk to the scenario's client. */
export interface Kit {
  readonly serve: typeof serve;
  readonly file: typeof file;
  readonly Cookie: typeof Cookie;
  readonly CookieMap: typeof CookieMap;
  /** Mantou's light class, which is the global one by default; on Bun the global one. */
  readonly Response: typeof LightResponse;
  /** A folder with fixed files; see `fixtures.ts`. */
  readonly folder: string;
  /** A certificate for localhost, and its key. */
  readonly tls: { readonly cert: string; readonly key: string };
  /** An unused path for a Unix socket. */
  readonly socketPath: string;
  /** Records an event, in the order of the calls. */
  note(...what: unknown[]): void;
  /** As `note`, with the value that `action` returns, or the name of its error. */
  attempt(what: string, action: () => unknown): void;
  /** Resolves when the client calls its `signal` of that name. */
  signal(name: string): Promise<void>;
  /** The running server. Throws before `serve` has returned. */
  server(): AnyServer;
}

/** The part of the kit that a runtime provides. */
export type Runtime = Pick<Kit, "serve" | "file" | "Cookie" | "CookieMap" | "Response">;

/** One behaviour of servers: a program that serves, and a client that records it. */
export interface Scenario {
  /** Unique in its area. */
  readonly name: string;
  /** Returns the options of `serve`, without port, address and `development: false`, which are added. Runs on both runtimes. */
  readonly server: (kit: Kit) => AnyOptions;
  /** Sends requests. The record has everything that it waits for. */
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

  /** @throws Error for a duplicate name */
  add(name: string, server: Scenario["server"], client: Scenario["client"]): this {
    if (this.scenarios.some((scenario) => scenario.name === name))
      throw new Error(`${this.area}: ${name}: twice`);
    this.scenarios.push({ name, server, client });
    return this;
  }
}
