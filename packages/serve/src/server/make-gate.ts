import { RefusedConnection } from "../http/refused-connection.ts";
import type { ResolvedOptions } from "../options/serve-options.ts";
import type { TrustedProxies } from "../proxy/trusted-proxies.ts";
import { Gate } from "../socket/gate.ts";
import { ProxyHeaders } from "../socket/proxy-headers.ts";
import type { Timeouts } from "../socket/timeouts.ts";

/**
 * What the connections of a server pass before they are read.
 * @param gone is called when a connection is gone that has not passed
 * @returns null without limits of connections, and without the PROXY protocol
 */
export function makeGate(
  { limits, proxyProtocol }: ResolvedOptions,
  proxies: TrustedProxies | null,
  timeouts: Timeouts,
  gone: () => void,
): Gate | null {
  if (limits.maxConnections === 0 && limits.maxConnectionsPerIP === 0 && proxyProtocol === null) return null;
  const headers = proxyProtocol === null ? null : new ProxyHeaders(proxyProtocol.from, timeouts, gone);
  return new Gate(limits, headers, proxies, (transport, status, over) => {
    return new RefusedConnection(transport, timeouts, status, () => {
      over();
      gone();
    });
  });
}
