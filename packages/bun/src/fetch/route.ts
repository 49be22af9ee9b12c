/** How the requests of one call of `fetch` get to their servers: over a Unix socket, through a proxy, with TLS options of their own. */
import { Agent, type Dispatcher } from "undici";
import { makeConnector } from "./connect.ts";
import { hidingHandler } from "./encoded-response.ts";
import type { FetchProxy, ProxyChooser } from "./proxy.ts";
import { keyOf, type TLSSettings } from "./tls-settings.ts";

/** As many as in Bun: each has sockets that wait for another request. */
const MAX_AGENTS = 60;

const agents = new Map<string, Agent>();

export interface RouteOptions {
  /** Path of a Unix socket. */
  readonly unix: string | null;
  readonly chooseProxy: ProxyChooser | null;
  readonly tls: TLSSettings | null;
  /** The `Host` of requests to the first origin, in place of the URL's. */
  readonly host: string | null;
  /** Whether the platform gets bodies as they are, compressed or not. */
  readonly hidesEncoding: boolean;
  /** Whether the program itself says which codings it takes; without that, a body that nothing decompresses is asked for as it is. */
  readonly asksEncoding: boolean;
}

/** The option `dispatcher` of Node's own `fetch`. */
export class Route implements Pick<Dispatcher, "dispatch"> {
  readonly #chooseProxy: ProxyChooser | null;
  readonly #tls: TLSSettings | null;
  readonly #host: string | null;
  readonly #hidesEncoding: boolean;
  readonly #asksEncoding: boolean;
  #unix: string | null;
  #firstOrigin: string | null = null;

  constructor({ unix, chooseProxy, tls, host, hidesEncoding, asksEncoding }: RouteOptions) {
    this.#unix = unix;
    this.#chooseProxy = chooseProxy;
    this.#tls = tls;
    this.#host = host;
    this.#hidesEncoding = hidesEncoding;
    this.#asksEncoding = asksEncoding;
  }

  dispatch(asked: Dispatcher.DispatchOptions, given: Dispatcher.DispatchHandler): boolean {
    const options = this.#withHost(
      this.#hidesEncoding && !this.#asksEncoding ? withoutAcceptEncoding(asked) : asked,
    );
    const handler = this.#hidesEncoding ? hidingHandler(given) : given;
    const unix = this.#unix;
    // A redirect goes over TCP, as in Bun.
    this.#unix = null;
    const target = new URL(String(options.origin));
    const proxy = this.#chooseProxy?.(target) ?? null;
    if (proxy !== null && target.protocol === "http:") {
      const headers = fieldsFor(proxy, target, options.headers);
      const path = `${target.origin}${options.path}`;
      return this.#agent(null, null).dispatch(
        { ...options, origin: proxy.url.origin, path, headers },
        handler,
      );
    }
    return this.#agent(unix, proxy).dispatch(options, handler);
  }

  /** A redirect to another origin is no business of the name that the program has given for the first one. */
  #withHost(options: Dispatcher.DispatchOptions): Dispatcher.DispatchOptions {
    const origin = String(options.origin);
    this.#firstOrigin ??= origin;
    const host = this.#host;
    if (host === null || origin !== this.#firstOrigin) return options;
    const { headers } = options;
    return {
      ...options,
      headers: Array.isArray(headers) ? [...headers, "host", host] : { ...headers, host },
    };
  }

  /** Agents keep connections, so that calls of the same kind share one. */
  #agent(unix: string | null, proxy: FetchProxy | null): Agent {
    const tls = this.#tls;
    // Another call's function must not vouch for a connection.
    if (tls?.checksIdentity) return new Agent({ connect: makeConnector(unix, proxy, tls), pipelining: 0 });
    const key = keyOf([unix, proxy === null ? null : [proxy.url.href, proxy.headers], tls?.options]);
    const kept = agents.get(key);
    if (kept !== undefined) return kept;
    const agent = new Agent({ connect: makeConnector(unix, proxy, tls) });
    agents.set(key, agent);
    for (const [oldest, old] of agents) {
      if (agents.size <= MAX_AGENTS) break;
      agents.delete(oldest);
      // It ends when its requests have.
      old.close().catch(() => {});
    }
    return agent;
  }
}

/** Node's `fetch` adds the codings that it can decompress. */
function withoutAcceptEncoding(options: Dispatcher.DispatchOptions): Dispatcher.DispatchOptions {
  const kept = pairsOf(options.headers).filter(([name]) => name.toLowerCase() !== "accept-encoding");
  return { ...options, headers: kept.flat() };
}

/** The `fetch` of each version of Node.js gives a list or an object, with names as the program writes them. */
function pairsOf(given: Dispatcher.DispatchOptions["headers"]): [name: string, value: string][] {
  if (!Array.isArray(given)) return Object.entries(given ?? {}).map(([name, value]) => [name, String(value)]);
  return given.flatMap((name, i) => (i % 2 === 0 ? [[String(name), String(given[i + 1])]] : []));
}

/** The fields of a request that goes to the proxy itself, whose own fields take precedence. */
function fieldsFor(
  proxy: FetchProxy,
  target: URL,
  given: Dispatcher.DispatchOptions["headers"],
): Record<string, string> {
  const fields: Record<string, string> = { host: target.host };
  for (const [name, value] of pairsOf(given)) fields[name.toLowerCase()] = value;
  return { ...fields, ...proxy.headers };
}
