/**
 * The proxies in front of a server: how many they are, or which. Which: an IP address, a range (`10.0.0.0/8`), or one of the names
 * `loopback` (127.0.0.0/8, ::1), `private` (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7) and `unix` (the peer of a Unix socket), or several.
 */
export type TrustedProxies = number | string | readonly string[];

/** The options of a server behind proxies. Not in Bun. */
export interface ProxyOptions {
  /**
   * Believes what these proxies tell of their clients, in `Forwarded` (RFC 7239) or `X-Forwarded-For`, `-Proto`, `-Host` and `-Port`: it is then what
   * `requestIP`, the scheme and host of `request.url`, and `ws.remoteAddress` have. The client is the last address on the way that is not a
   * proxy's; with a number, the one that the first of so many proxies has told. Fields of a peer that is not trusted are not read.
   * A request that has fields of both kinds, which contradict each other, gets 400, as one with a malformed `Forwarded` does: a proxy passes on what it does not know.
   * An object names the kind that the proxies write: then the other is not read. Default: no proxy, an integer from 0 to 255 otherwise.
   */
  trustProxy?:
    | false
    | TrustedProxies
    | { readonly from: TrustedProxies; readonly fields: "forwarded" | "x-forwarded" };
  /**
   * Every connection begins with a header of the PROXY protocol, version 1 or 2, as load balancers of TCP send it, with TLS before the handshake: true, or the addresses, ranges and
   * names (as for `trustProxy`) of the load balancers. Connections of other peers are closed, and those that do not begin with a header within 5 seconds. The
   * address of the connection is then the one that the header tells; `trustProxy` judges that address. Default false.
   */
  proxyProtocol?: boolean | string | readonly string[];
}
