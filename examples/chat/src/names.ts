import { limits } from "./protocol.ts";

const fillings = [
  "Sesame",
  "Custard",
  "Red Bean",
  "Lotus",
  "Taro",
  "Pumpkin",
  "Chive",
  "Ginger",
  "Matcha",
  "Peanut",
  "Jujube",
  "Plain",
];

/** The names in use. No two people on the server have the same name, in any letter case. */
export class Names {
  readonly #taken = new Set<string>();
  #guests = 0;

  /**
   * Reserves a name and returns it. One that is taken gets a number ("Ann 2"): two tabs of one browser remember the
   * same name, and both must get in. An empty one becomes a guest's.
   */
  claim(wanted: string): string {
    const base = wanted === "" ? `${fillings[this.#guests++ % fillings.length]} Bun` : wanted;
    let name = base;
    // The loop ends: every number that fails is a name in use.
    for (let number = 2; this.#taken.has(name.toLowerCase()); number++) {
      const suffix = ` ${number}`;
      name = shorten(base, limits.name - suffix.length) + suffix;
    }
    this.#taken.add(name.toLowerCase());
    return name;
  }

  /** Gives a name back. */
  release(name: string): void {
    this.#taken.delete(name.toLowerCase());
  }
}

/** The start of `name`, at most `length` code units, never half a surrogate pair. */
function shorten(name: string, length: number): string {
  return name
    .slice(0, length)
    .replace(/\p{Cs}$/u, "")
    .trimEnd();
}
