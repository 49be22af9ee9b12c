import { LOOPBACK, stopAfterTest } from "@mantou/testing/servers";
import type { ServeOptions, Server } from "../../src/api/server.ts";
import { resolveHandlers, resolveOptions } from "../../src/options/serve-options.ts";
import { serve } from "../../src/server/serve.ts";
import { MantouServer } from "../../src/server/server.ts";
import { ServerState } from "../../src/server/state.ts";
import { type Clock, systemClock } from "../../src/socket/timeouts.ts";

/** `serve`, stopped after the test. */
export function start<WebSocketData = undefined, R extends string = string>(
  options: ServeOptions<WebSocketData, R>,
): Server<WebSocketData> {
  return stopAfterTest(
    serve<WebSocketData, R>({
      ...("unix" in options ? { development: false } : LOOPBACK),
      ...options,
    } as ServeOptions<WebSocketData, R>),
  );
}

/** What users hold, with what lies behind it. */
export class InternalServer extends MantouServer {
  readonly connections: ServerState["connections"];
  readonly webSockets: ServerState["webSockets"];
  readonly timeouts: ServerState["timeouts"];
  readonly publisher: ServerState["publisher"];

  constructor(state: ServerState) {
    super(state);
    ({
      connections: this.connections,
      webSockets: this.webSockets,
      timeouts: this.timeouts,
      publisher: this.publisher,
    } = state);
  }
}

/** The server behind the interface: with its counts, and on a clock of the test's own. */
export function startInternal(options: ServeOptions, clock: Clock = systemClock): InternalServer {
  const given = { ...LOOPBACK, ...options } as unknown as ServeOptions<never, string>;
  const { facade } = new ServerState(
    resolveOptions(given),
    resolveHandlers(given),
    clock,
    (state) => new InternalServer(state),
  );
  return stopAfterTest(facade as InternalServer);
}

/** Time that passes when the test says so. */
export class TestClock implements Clock {
  readonly #callbacks = new Set<() => void>();

  everySecond(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  /** There is no deadline. */
  get idle(): boolean {
    return this.#callbacks.size === 0;
  }

  pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) for (const callback of [...this.#callbacks]) callback();
  }
}
