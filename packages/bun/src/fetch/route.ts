/** How the requests of one call of `fetch` get to their servers: over a Unix socket, through a proxy, with TLS options of their own. */
import { type Agent, agentClass, type Connect, type Dispatcher, type DispatchOptions } from "./agent.ts";
import { connectTLS, openSocket, openTunnel } from "./connect.ts";
import type { BunFetchInit } from "./options.ts";
import { type FetchProxy, proxyChooser } from "./proxy.ts";
import { keyOf, type TLSSettings, tlsSettings } from "./tls-settings.ts";

/** As many as in Bun: each has sockets that wait for another request. */
const MAX_AGENTS = 60;

const agents = new Map<string, Agent>();

/**
 * The route of a call.
 * @param always whether a call without such options has one, too
 * @returns null if it needs none
 */
export async function makeRoute(init: BunFetchInit, always: boolean): Promise<Route | null> {
  const unix = typeof init.unix === "string" && init.unix !== "" ? init.unix : null;
  const chooseProxy = unix === null ? proxyChooser(init.proxy) : null;
  const tls = typeof init.tls === "object" && init.tls !== null ? await tlsSettings(init.tls) : null;
  if (unix === null && chooseProxy === null && tls === null && !always) return null;
  return new Route(await agentClass(), unix, chooseProxy, tls);
}

type AgentClass = Awaited<ReturnType<typeof agentClass>>;

export class Route implements Dispatcher {
  readonly #Agent: AgentClass;
  readonly #chooseProxy: ((target: URL) => FetchProxy | null) | null;
  readonly #tls: TLSSettings | null;
  #unix: string | null;

  constructor(
    Agent: AgentClass,
    unix: string | null,
    chooseProxy: ((target: URL) => FetchProxy | null) | null,
    tls: TLSSettings | null,
  ) {
    this.#Agent = Agent;
    this.#unix = unix;
    this.#chooseProxy = chooseProxy;
    this.#tls = tls;
  }

  /** The reason of the program's `checkServerIdentity` for refusing a certificate. */
  get refusal(): unknown {
    return this.#tls?.refusal;
  }

  dispatch(options: DispatchOptions, handler: object): boolean {
    const unix = this.#unix;
    // A redirect goes over TCP, as in Bun.
    this.#unix = null;
    const target = new URL(String(options.origin));
    const proxy = this.#chooseProxy?.(target) ?? null;
    if (proxy !== null && target.protocol === "http:") {
      const headers = { ...fieldsOf(options.headers), host: target.host, ...proxy.headers };
      const path = `${target.origin}${options.path}`;
      const throughProxy = { ...options, origin: proxy.url.origin, path, headers };
      return this.#agent("direct", null, null).dispatch(throughProxy, handler);
    }
    const way = unix !== null ? "unix" : proxy !== null ? "tunnel" : "direct";
    return this.#agent(way, unix, proxy).dispatch(options, handler);
  }

  /** Agents keep connections, so that calls of the same kind share one. */
  #agent(way: string, unix: string | null, proxy: FetchProxy | null): Agent {
    const tls = this.#tls;
    const connect: Connect = (target, callback) => {
      const opened = proxy === null ? openSocket(unix, target) : openTunnel(proxy, target);
      opened
        .then((socket) => (target.protocol === "https:" ? connectTLS(socket, target, tls) : socket))
        .then(
          (socket) => callback(null, socket),
          (error: Error) => callback(error, null),
        );
    };
    // Another call's function must not vouch for a connection.
    if (tls?.checksIdentity) return new this.#Agent({ connect, pipelining: 0 });
    const key = keyOf([way, unix, proxy === null ? null : [proxy.url.href, proxy.headers], tls?.options]);
    const kept = agents.get(key);
    if (kept !== undefined) return kept;
    const agent = new this.#Agent({ connect });
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

function fieldsOf(headers: DispatchOptions["headers"]): Record<string, string> {
  if (!Array.isArray(headers)) return { ...(headers as Record<string, string>) };
  const fields: Record<string, string> = {};
  for (let i = 0; i < headers.length; i += 2) fields[String(headers[i])] = String(headers[i + 1]);
  return fields;
}
