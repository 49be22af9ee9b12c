import { unmapped } from "../options/ip-address.ts";

/** The groups of an IPv6 address that belong to one subscriber, and all of them. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/**
 * Counts the connections of a server, and those of each address. Its memory is bounded by the open connections: each has one entry, and an address
 * without a connection has none.
 */
export class ConnectionCounts {
  readonly #most: number;
  readonly #mostOfAddress: number;
  #open = 0;
  /** The address that each open connection counts for; null for those that count for none. Not a `Map`, for the reason of `IndexedList`. */
  readonly #networks = new WeakMap<object, string | null>();
  readonly #byAddress = new Map<string, number>();

  /** @param most 0 for no limit, as for `mostOfAddress` */
  constructor(most: number, mostOfAddress: number) {
    this.#most = most;
    this.#mostOfAddress = mostOfAddress;
  }

  /** @returns false if there are as many connections already: then it does not count */
  enter(connection: object): boolean {
    if (this.#most !== 0 && this.#open >= this.#most) return false;
    this.#open++;
    this.#networks.set(connection, null);
    return true;
  }

  /**
   * Counts a connection for its address.
   * @returns false if the address has as many connections already: then the connection counts no more
   */
  locate(connection: object, address: string): boolean {
    if (this.#mostOfAddress === 0) return true;
    const network = networkOf(address);
    const count = this.#byAddress.get(network) ?? 0;
    if (count >= this.#mostOfAddress) {
      this.leave(connection);
      return false;
    }
    this.#byAddress.set(network, count + 1);
    this.#networks.set(connection, network);
    return true;
  }

  /** The connection is gone. */
  leave(connection: object): void {
    const network = this.#networks.get(connection);
    if (network === undefined) return;
    this.#networks.delete(connection);
    this.#open--;
    if (network === null) return;
    const count = this.#byAddress.get(network)! - 1;
    if (count === 0) this.#byAddress.delete(network);
    else this.#byAddress.set(network, count);
  }
}

/** An IPv4 address itself; of an IPv6 address the first 64 bits. */
export function networkOf(address: string): string {
  const plain = unmapped(address);
  if (!plain.includes(":")) return plain;
  const [before = "", after] = plain.split("::");
  const groups = before === "" ? [] : before.split(":");
  if (after !== undefined) {
    const last = after === "" ? [] : after.split(":");
    // An IPv4 address at the end is two groups.
    const width = last.length + (last.at(-1)?.includes(".") === true ? 1 : 0);
    groups.push(...Array.from({ length: GROUPS - groups.length - width }, () => "0"), ...last);
  }
  return `${groups.slice(0, NETWORK_GROUPS).join(":")}::/64`;
}
