import { afterEach } from "vitest";
import type { ServeOptions, Server } from "../../src/api/server.ts";
import { resolveHandlers, resolveOptions } from "../../src/options/serve-options.ts";
import { serve } from "../../src/server/serve.ts";
import { MantouServer } from "../../src/server/server.ts";
import { type Clock, systemClock } from "../../src/socket/timeouts.ts";

const running = new Set<{ stop(closeActiveConnections: boolean): Promise<void> }>();

/** Every server that a test started is gone, connections and all, before the next test begins. */
afterEach(async () => {
  const servers = [...running];
  running.clear();
  await Promise.all(servers.map((server) => server.stop(true)));
});

/** A free port of the IPv4 loopback, and errors as clients see them in production. */
const DEFAULTS = { port: 0, hostname: "127.0.0.1", development: false };

/** `serve`, stopped after the test. */
export function start<WebSocketData = undefined, R extends string = string>(
  options: ServeOptions<WebSocketData, R>,
): Server<WebSocketData> {
  const server = serve<WebSocketData, R>({
    ...("unix" in options ? { development: false } : DEFAULTS),
    ...options,
  } as ServeOptions<WebSocketData, R>);
  running.add(server);
  return server;
}

/** The server behind the interface: with its counts, and on a clock of the test's own. */
export function startInternal(options: ServeOptions, clock: Clock = systemClock): MantouServer {
  const given = { ...DEFAULTS, ...options } as unknown as ServeOptions<never, string>;
  const server = new MantouServer(resolveOptions(given), resolveHandlers(given), clock);
  running.add(server);
  return server;
}

/** Time that passes when the test says so. */
export class TestClock implements Clock {
  readonly #callbacks = new Set<() => void>();

  everySecond(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  /** Nobody waits for anything. */
  get idle(): boolean {
    return this.#callbacks.size === 0;
  }

  pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) for (const callback of [...this.#callbacks]) callback();
  }
}
