/** Every option that `serve` knows. */
const KNOWN: ReadonlySet<string> = new Set([
  "development",
  "error",
  "fetch",
  "hostname",
  "http1",
  "http2",
  "http3",
  "id",
  "idleTimeout",
  "ipv6Only",
  "maxRequestBodySize",
  "port",
  "reusePort",
  "routes",
  "static",
  "tls",
  "unix",
  "websocket",
]);

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
