import { type Fields, isHost } from "@mantou/http1";
import { MAX_PORT } from "../options/ip-address.ts";
import { type ForwardedElement, parseForwarded } from "./forwarded-field.ts";

/** What proxies tell in one kind of fields. The proxies are counted from the server on: the nearest one is 0. */
export interface Claims {
  /** The number of proxies that have told something of their clients. */
  readonly count: number;
  /** The node from which that proxy has the request; undefined if it does not say so, or there is no such proxy. */
  node(proxy: number): string | undefined;
  /** Whether that proxy's client spoke TLS; null if that is not known. */
  secure(proxy: number): boolean | null;
  /**
   * The host that the client has asked for; null if that is not known.
   * @param own the host that the request itself asks for, to which a port may be told alone
   */
  host(proxy: number, own: string | null): string | null;
}

/** As proxies write the schemes of requests and of WebSocket handshakes. */
const SCHEMES: Readonly<Record<string, boolean>> = { http: false, ws: false, https: true, wss: true };
const PORT = /:[0-9]*$/;
const DIGITS = /^[1-9][0-9]{0,4}$/;

/** @returns null without the field; "malformed" if it breaks the grammar */
export function forwardedClaims(fields: Fields): Claims | null | "malformed" {
  const value = fields.get("forwarded");
  if (value === null) return null;
  const elements = parseForwarded(value);
  if (elements === null) return "malformed";
  return elements.length === 0 ? null : new ForwardedClaims(elements);
}

class ForwardedClaims implements Claims {
  readonly #elements: readonly ForwardedElement[];

  constructor(elements: readonly ForwardedElement[]) {
    this.#elements = elements;
  }

  get count(): number {
    return this.#elements.length;
  }

  #get(proxy: number, name: string): string | undefined {
    return this.#elements.at(-1 - proxy)?.get(name);
  }

  node(proxy: number): string | undefined {
    return this.#get(proxy, "for");
  }

  secure(proxy: number): boolean | null {
    return isSecure(this.#get(proxy, "proto"));
  }

  host(proxy: number): string | null {
    return withPort(this.#get(proxy, "host"), undefined);
  }
}

/** @returns null without any of the fields */
export function xForwardedClaims(fields: Fields): Claims | null {
  const claims = new XForwardedClaims(fields);
  return claims.isEmpty ? null : claims;
}

/** Each field is a list to which proxies add, or one value, which they replace. */
class XForwardedClaims implements Claims {
  readonly #nodes: readonly string[];
  readonly #schemes: readonly string[];
  readonly #hosts: readonly string[];
  readonly #ports: readonly string[];

  constructor(fields: Fields) {
    this.#nodes = listOf(fields.get("x-forwarded-for"));
    this.#schemes = listOf(fields.get("x-forwarded-proto"));
    this.#hosts = listOf(fields.get("x-forwarded-host"));
    this.#ports = listOf(fields.get("x-forwarded-port"));
  }

  get isEmpty(): boolean {
    return [this.#nodes, this.#schemes, this.#hosts, this.#ports].every((list) => list.length === 0);
  }

  get count(): number {
    return this.#nodes.length;
  }

  node(proxy: number): string | undefined {
    return this.#nodes.at(-1 - proxy);
  }

  secure(proxy: number): boolean | null {
    return isSecure(pick(this.#schemes, proxy));
  }

  host(proxy: number, own: string | null): string | null {
    const port = pick(this.#ports, proxy);
    const host = withPort(pick(this.#hosts, proxy), port);
    return host !== null || port === undefined ? host : withPort(own ?? undefined, port);
  }
}

/** That proxy's value, or the first one if there are fewer: it was told before, and passed on. */
function pick(list: readonly string[], proxy: number): string | undefined {
  return list[Math.max(list.length - 1 - proxy, 0)];
}

function listOf(value: string | null): readonly string[] {
  if (value === null) return [];
  return value
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function isSecure(scheme: string | undefined): boolean | null {
  const name = scheme?.toLowerCase() ?? "";
  return Object.hasOwn(SCHEMES, name) ? SCHEMES[name]! : null;
}

/**
 * A host as the Host field may have it (RFC 9110 §7.2), and as a URL can: nothing of it can become another part of `request.url`.
 * @param port for a host without one; one that is not valid is left out
 * @returns null for any other text
 */
function withPort(host: string | undefined, port: string | undefined): string | null {
  if (host === undefined || host === "" || host.startsWith(":") || !isHost(host)) return null;
  const isPort = port !== undefined && DIGITS.test(port) && Number(port) <= MAX_PORT;
  const whole = isPort && !PORT.test(host) ? `${host}:${port}` : host;
  return URL.canParse(`http://${whole}/`) ? whole : null;
}
