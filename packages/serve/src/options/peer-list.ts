import { BlockList, isIPv4 } from "node:net";
import { toAddress, unmapped } from "./ip-address.ts";

/** Ranges by their names. Peers of Unix sockets have no address. */
const NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ["loopback", ["127.0.0.0/8", "::1"]],
  ["private", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]],
  ["unix", []],
]);

const PREFIX = /^(?:0|[1-9][0-9]{0,2})$/;
/** The bits of an IPv6 address before the IPv4 address in it. */
const MAPPED_BITS = 96;

/** Peers by their addresses. */
export class PeerList {
  readonly #addresses = new BlockList();
  readonly #hasUnix: boolean;
  /** Most connections come from few proxies. A check costs about a microsecond. */
  #last = "";
  #includesLast = false;

  /**
   * @param option names the option in errors
   * @throws TypeError for text that is no address, range or name; RangeError for a range with too many bits
   */
  constructor(entries: readonly string[], option: string) {
    for (const entry of entries) for (const range of NAMES.get(entry) ?? [entry]) this.#add(range, option);
    this.#hasUnix = entries.includes("unix");
  }

  /** @param address null for the peer of a Unix socket */
  includes(address: string | null): boolean {
    if (address === null) return this.#hasUnix;
    if (address !== this.#last) {
      const plain = unmapped(address);
      this.#includesLast = this.#addresses.check(plain, isIPv4(plain) ? "ipv4" : "ipv6");
      this.#last = address;
    }
    return this.#includesLast;
  }

  #add(range: string, option: string): void {
    const slash = range.indexOf("/");
    const parsed = toAddress(slash < 0 ? range : range.slice(0, slash), 0);
    const prefix = slash < 0 ? null : range.slice(slash + 1);
    if (parsed === null || (prefix !== null && !PREFIX.test(prefix)))
      throw new TypeError(
        `${option} takes IP addresses, ranges such as 10.0.0.0/8, and ${[...NAMES.keys()].join(", ")}, but not ${JSON.stringify(range)}`,
      );
    const most = parsed.family === "IPv4" ? 32 : 128;
    const bits = prefix === null ? most : Number(prefix);
    if (bits > most) throw new RangeError(`${option}: ${range} has more than ${most} bits`);
    const address = unmapped(parsed.address);
    // A range of mapped addresses is one of IPv4: peers are compared as IPv4.
    if (address !== parsed.address && bits >= MAPPED_BITS)
      this.#addresses.addSubnet(address, bits - MAPPED_BITS, "ipv4");
    else this.#addresses.addSubnet(parsed.address, bits, parsed.family === "IPv4" ? "ipv4" : "ipv6");
  }
}
