/** The limits of a server against clients that take too much. Each holds for one process: of several workers each has its own. Not in Bun. */
export interface LimitOptions {
  /**
   * Open connections, an integer from 1 up. One more gets 503 (RFC 9110 §15.6.4) to its first request, and is closed; with TLS it is closed before
   * the handshake. Default 0: as many as the process may open.
   */
  maxConnections?: number;
  /**
   * Open connections of one IPv4 address, or of one /64 of IPv6, which is what one subscriber has; an integer from 1 up. One more gets 429 (RFC 6585 §4), and is
   * closed as above. Connections of `trustProxy`'s proxies do not count, which carry the requests of many, and those of Unix sockets, which have no address. With
   * `proxyProtocol` the address is the client's. Default 0: no limit.
   */
  maxConnectionsPerIP?: number;
  /** Requests of one connection, an integer from 1 up. The response to the last one has `Connection: close`. Default 0: no limit. */
  maxRequestsPerConnection?: number;
  /**
   * Seconds for a head that has begun, to 3,600; then 408 (RFC 9110 §15.5.9). `idleTimeout` is the time between its bytes then. Default 0: `idleTimeout` is the
   * time of the whole head.
   */
  headersTimeout?: number;
  /**
   * Seconds for a whole request, from its first byte to its last, to 86,400; then 408. The time does not run while the handler lets the client wait, and not during
   * the response. 0 for no limit. Default: 5 minutes, and as long as a body of `maxRequestBodySize` takes at 8 KiB a second, half of what Bun demands: 4.6 hours with that
   * option's default. The default does not hold for a request without `idleTimeout`.
   */
  requestTimeout?: number;
  /**
   * The bytes a second at which a body must come at least, counted over 60 seconds, or `{ bytes, seconds }`: fewer get 408. Seconds in which the handler lets the client
   * wait do not count. 0 for no limit. Default: 240, counted over 60 seconds, or a little more than twice `idleTimeout` if that is longer. The default does not hold for
   * a request without `idleTimeout`. (Bun closes a connection whose body comes at less than 16 KiB a second, over `idleTimeout`.)
   */
  minBodyRate?: number | { readonly bytes: number; readonly seconds: number };
}
