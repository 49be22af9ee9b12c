import type { Fields } from "@mantou/http1";
import type { SocketAddress } from "../api/network.ts";
import type { PeerList } from "../options/peer-list.ts";
import type { ForwardedFields, ResolvedTrust } from "../options/proxy-options.ts";
import { type Claims, forwardedClaims, xForwardedClaims } from "./claims.ts";
import { nodeAddress } from "./node.ts";

/** What trusted proxies tell of a request. */
export interface Forwarded {
  /** The client's address. Null if the proxies hide it, or if it is that of a Unix socket. */
  readonly client: SocketAddress | null;
  /** Whether the client speaks TLS; null if they do not say so. */
  readonly secure: boolean | null;
  /** The host that it asks for, as they tell it; null if they do not say so. */
  readonly host: string | null;
}

/** The proxies of the option `trustProxy`. */
export class TrustedProxies {
  readonly #from: number | PeerList;
  readonly #fields: ForwardedFields | null;
  #hasAdvised = false;

  constructor({ from, fields }: ResolvedTrust) {
    this.#from = from;
    this.#fields = fields;
  }

  /** Whether a peer is one of them. */
  includes(peer: SocketAddress | null): boolean {
    return typeof this.#from === "number" || this.#from.includes(peer?.address ?? null);
  }

  /**
   * What the proxies on the way of a request tell.
   * @param peer the address of its connection; null for a Unix socket
   * @param host the host that the request itself asks for
   * @returns null if the peer is not trusted, or tells nothing; "invalid" for fields that cannot be believed: a malformed `Forwarded`, or both
   *   kinds of fields with different content, of which a client has sent one
   */
  read(fields: Fields, peer: SocketAddress | null, host: string | null): Forwarded | null | "invalid" {
    if (!this.includes(peer)) return null;
    const standard = this.#fields === "x-forwarded" ? null : forwardedClaims(fields);
    if (standard === "malformed") return "invalid";
    const common = this.#fields === "forwarded" ? null : xForwardedClaims(fields);
    const claims = standard ?? common;
    if (claims === null) return null;
    const forwarded = this.#walk(claims, peer, host);
    if (standard === null || common === null) return forwarded;
    if (isSame(forwarded, this.#walk(common, peer, host))) return forwarded;
    this.#adviseOnce();
    return "invalid";
  }

  #adviseOnce(): void {
    if (this.#hasAdvised) return;
    this.#hasAdvised = true;
    console.warn(
      "A request has Forwarded and X-Forwarded fields with different content, and gets 400: a client or a proxy has sent one of them. " +
        'Name the kind that your proxies write: trustProxy: { from: …, fields: "forwarded" } or "x-forwarded".',
    );
  }

  /** Goes from the server towards the client, as long as it passes trusted proxies. Each tells which node is behind it. */
  #walk(claims: Claims, peer: SocketAddress | null, host: string | null): Forwarded {
    let client = peer;
    let proxy = 0;
    // A proxy that does not say whose request that is: what is known is the node before.
    for (let node = claims.node(0); node !== undefined; node = claims.node(proxy)) {
      client = nodeAddress(node);
      if (proxy + 1 >= claims.count || !this.#passes(client, proxy + 1)) break;
      proxy++;
    }
    return { client, secure: claims.secure(proxy), host: claims.host(proxy, host) };
  }

  /** Whether the node, the proxy of that number, is trusted. */
  #passes(node: SocketAddress | null, proxy: number): boolean {
    if (typeof this.#from === "number") return proxy < this.#from;
    return node !== null && this.#from.includes(node.address);
  }
}

function isSame(one: Forwarded, other: Forwarded): boolean {
  return (
    one.secure === other.secure &&
    hostOf(one) === hostOf(other) &&
    // X-Forwarded-For has a port rarely.
    one.client?.address === other.client?.address
  );
}

/** In lower case, and without the port of the scheme (RFC 9110 §4.2.3). */
function hostOf({ secure, host }: Forwarded): string | null {
  return host === null ? null : new URL(`${secure === true ? "https" : "http"}://${host}/`).host;
}
