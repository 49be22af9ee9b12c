/** Which proxy a request of `fetch` takes: its option `proxy`, or the environment's, unless NO_PROXY has its host. */
import { Buffer } from "node:buffer";
import { BlockList, isIP } from "node:net";
import { argumentError, wrongValue } from "../base/argument-error.ts";
import type { BunFetchInit } from "./options.ts";

export interface FetchProxy {
  readonly url: URL;
  /** Fields that go to the proxy, their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export type ProxyChooser = (target: URL) => FetchProxy | null;

/**
 * The proxy for each target, since redirects lead to others. Null if there is none for any target.
 * @throws TypeError for a proxy's URL that is invalid, or of a protocol other than http: and https:
 */
export function proxyChooser(option: BunFetchInit["proxy"]): ProxyChooser | null {
  if (option === false) return null;
  const given = typeof option === "object" && option !== null && !(option instanceof URL) ? option : null;
  const address = given === null ? option : given.url;
  if (typeof address === "string" ? address !== "" : address instanceof URL) {
    const proxy = makeProxy(String(address), given?.headers);
    const respects = given?.respectNoProxy !== false;
    return (target) => (respects && bypasses(target) ? null : proxy);
  }
  // Without the error, bytes would take another way than the program wants.
  if (given !== null && address !== undefined && address !== null)
    throw wrongValue("fetch() proxy URL is invalid");
  if (!variable("http_proxy") && !variable("https_proxy") && !variable("all_proxy")) return null;
  return (target) => (bypasses(target) ? null : fromEnvironment(target));
}

function makeProxy(address: string, headers: RequestInit["headers"]): FetchProxy {
  if (!URL.canParse(address)) throw wrongValue("fetch() proxy URL is invalid");
  const url = new URL(address);
  if (!isHTTP(url)) {
    throw argumentError(
      `fetch() cannot use a proxy of the protocol ${url.protocol}`,
      "UnsupportedProxyProtocol",
    );
  }
  const fields: Record<string, string> = {};
  if (url.username !== "" || url.password !== "")
    fields["proxy-authorization"] = basic(url.username, url.password);
  for (const [name, value] of new Headers(headers ?? {})) fields[name] = value;
  return { url, headers: fields };
}

/** The environment is read anew each time. A proxy of another kind, such as `socks5:`, is ignored. */
function fromEnvironment({ protocol }: URL): FetchProxy | null {
  const value = variable(protocol === "https:" ? "https_proxy" : "http_proxy") || variable("all_proxy");
  if (!value) return null;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  return URL.canParse(address) && isHTTP(new URL(address)) ? makeProxy(address, undefined) : null;
}

function isHTTP({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

function variable(name: string): string | undefined {
  return process.env[name] || process.env[name.toUpperCase()];
}

/** Whether NO_PROXY lists the target: `*`, a domain, an address, a block of addresses, each but the last also with a port. */
function bypasses(target: URL): boolean {
  const list = variable("no_proxy");
  if (!list) return false;
  const host = withoutBrackets(target.hostname);
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  return list.split(/[\s,]+/).some((entry) => entry !== "" && matches(entry.toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInBlock(entry, host);
  if (isIP(withoutBrackets(entry)) !== 0) return withoutBrackets(entry) === host;
  const [, name, ofPort] = /^(.*?)(?::(\d+))?$/.exec(entry)!;
  if (ofPort !== undefined && ofPort !== port) return false;
  const domain = withoutBrackets(name!).replace(/^\*?\./, "");
  return host === domain || host.endsWith(`.${domain}`);
}

function isInBlock(entry: string, host: string): boolean {
  const [network, prefix] = entry.split("/") as [string, string];
  const family = isIP(network);
  const bits = Number(prefix);
  if (family === 0 || family !== isIP(host) || !Number.isInteger(bits)) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  if (bits < 0 || bits > (family === 4 ? 32 : 128)) return false;
  const block = new BlockList();
  block.addSubnet(network, bits, type);
  return block.check(host, type);
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}

/** RFC 7617, of the user and the password as a URL has them. Their escapes are bytes, which need not be UTF-8; a `%` without digits stays. */
export function basic(username: string, password: string): string {
  const bytes = `${username}:${password}`.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return `Basic ${Buffer.from(bytes, "latin1").toString("base64")}`;
}
