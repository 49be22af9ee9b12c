/**
 * The class `Agent` of the undici that is inside Node.js: its `fetch` sends a request by the object in the option `dispatcher`, which
 * must be of the same version. Copies of undici find their global dispatcher under a registered symbol. The package undici would be a second
 * copy, whose responses are of classes of its own.
 */

/** What `fetch` takes as its `dispatcher`. */
export interface Dispatcher {
  dispatch(options: DispatchOptions, handler: object): boolean;
}

export interface DispatchOptions {
  readonly origin: string | URL;
  readonly path: string;
  readonly headers: readonly string[] | Readonly<Record<string, string>>;
}

/** Calls back with a connected socket, over TLS for https:. */
export type Connect = (
  target: { readonly hostname: string; readonly port: string; readonly protocol: string },
  callback: (error: Error | null, socket: unknown) => void,
) => void;

export interface Agent extends Dispatcher {
  close(): Promise<void>;
}

type AgentClass = new (options: { connect: Connect; pipelining?: number }) => Agent;

/** undici 7 and later have a dispatcher of a newer interface beside the first one. */
const SYMBOLS = [Symbol.for("undici.globalDispatcher.2"), Symbol.for("undici.globalDispatcher.1")];

function globalDispatcher(): object | undefined {
  for (const symbol of SYMBOLS) {
    const found = (globalThis as { [key: symbol]: object | undefined })[symbol];
    if (found !== undefined) return found;
  }
  return undefined;
}

// The program has not run yet: it could set another dispatcher.
const first = globalDispatcher();

/** @throws Error (rejects) if this Node.js has no undici */
export async function agentClass(): Promise<AgentClass> {
  // Node.js loads undici with the first call.
  if (first === undefined && globalDispatcher() === undefined) await globalThis.fetch("data:,");
  const found = (first ?? globalDispatcher())?.constructor as AgentClass | undefined;
  if (found?.name !== "Agent") {
    throw new Error(
      "fetch()'s options unix, proxy, tls and decompress need the Agent of Node.js's own fetch",
    );
  }
  return found;
}
