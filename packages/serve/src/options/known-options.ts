import type { ServeOptions } from "../api/server.ts";

type KeyOf<T> = T extends unknown ? keyof T : never;

/** Bun's switches between protocols, of which only HTTP/1.1 is there: they are no part of our types. */
type ProtocolSwitch = "http1" | "http2" | "http3";

/** Every option that `serve` knows. A record, so that the compiler refuses a list that is not the type's. */
const OPTIONS: Readonly<Record<KeyOf<ServeOptions> | ProtocolSwitch, true>> = {
  development: true,
  error: true,
  fetch: true,
  hostname: true,
  http1: true,
  http2: true,
  http3: true,
  id: true,
  idleTimeout: true,
  ipv6Only: true,
  maxRequestBodySize: true,
  port: true,
  reusePort: true,
  routes: true,
  static: true,
  tls: true,
  unix: true,
  websocket: true,
};

const KNOWN: ReadonlySet<string> = new Set(Object.keys(OPTIONS));

/** The options among the properties of something that has others too, as the default export of a module may. */
export function pickOptions(given: object): object {
  const picked = [...KNOWN].filter((name) => name in given);
  return Object.fromEntries(picked.map((name) => [name, (given as Record<string, unknown>)[name]]));
}

/**
 * A name that is none is a mistake, and one that would else be found in production: `maxRequestBodysize`. An instance of a class,
 * such as a framework's application, may have other properties.
 *
 * @throws TypeError that names what is not known, or cannot be had here
 */
export function checkOptionNames(options: object): void {
  const { http1, http2, http3 } = options as { http1?: unknown; http2?: unknown; http3?: unknown };
  if (http1 === false) throw new TypeError("http1 cannot be false: nothing but HTTP/1.1 is spoken here");
  if (http2 === true) throw new TypeError("http2 is not spoken here");
  if (http3 === true) throw new TypeError("http3 is not spoken here");
  const prototype: unknown = Object.getPrototypeOf(options);
  if (prototype !== Object.prototype && prototype !== null) return;
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name)) {
      throw new TypeError(
        `serve() has no option ${JSON.stringify(name)}; there are ${[...KNOWN].join(", ")}`,
      );
    }
  }
}
