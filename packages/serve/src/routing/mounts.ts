import { MOUNT, type Mountable, type Mounted, type MountHost } from "../api/mount.ts";

/** Values that handlers may return: their further routes are there before the first one is returned. */
const declared = new Set<Mountable>();

type Adopter = (value: { readonly index: string }) => Mountable | null;

let adopter: Adopter = () => null;

/**
 * Mounts the further routes of the value on each server that starts from now on, also if the value stands in none of its routes. A handler
 * may return the value in another process than the one that is asked for its assets.
 * @returns takes the declaration back
 */
export function declareMountable(value: Mountable): () => void {
  declared.add(value);
  return () => void declared.delete(value);
}

/**
 * Sets what makes a mountable value of an object with an `index`, as the manifests of Bun's bundler are.
 * @returns sets what was there before
 */
export function setMountAdopter(adopt: Adopter): () => void {
  const before = adopter;
  adopter = adopt;
  return () => {
    adopter = before;
  };
}

/** The value as one that mounts itself; null for all others. Never throws for what a handler returns. */
export function asMountable(value: unknown): Mountable | null {
  if (typeof value !== "object" || value === null) return null;
  if (typeof (value as Partial<Mountable>)[MOUNT] === "function") return value as Mountable;
  const { index } = value as { index?: unknown };
  return typeof index === "string" ? adopter(value as { index: string }) : null;
}

/** What is mounted on one server, by one set of routes. */
export class Mounts {
  readonly #host: MountHost;
  readonly #mounted = new Map<Mountable, Mounted>();

  constructor(host: MountHost) {
    this.#host = host;
  }

  /** @throws the value's error */
  mount(value: Mountable): Mounted {
    let mounted = this.#mounted.get(value);
    if (mounted === undefined) {
      mounted = value[MOUNT](this.#host);
      this.#mounted.set(value, mounted);
    }
    return mounted;
  }

  /** The declared values, mounted. */
  declared(): Mounted[] {
    return [...declared].map((value) => this.mount(value));
  }

  get all(): Iterable<Mounted> {
    return this.#mounted.values();
  }
}

/** Whether a server without routes needs some. */
export function hasDeclared(): boolean {
  return declared.size > 0;
}
