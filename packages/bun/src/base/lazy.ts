/** Members that most programs never use: the module of each is loaded at its first use, so that a start does not pay for it. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** A value that is loaded when something of it is used. */
type Kind = "function" | "object";

/** The members of a module that is not loaded yet. */
export class LazyModule<M extends object> {
  readonly #path: string;
  #loaded: M | null = null;

  /** @param path of the built file, relative to this one, or a package's: Node.js 20.19 and later require ES modules, too */
  constructor(path: string) {
    this.#path = path;
  }

  #load(): M {
    this.#loaded ??= require(this.#path) as M;
    return this.#loaded;
  }

  /** A function or a class of the module. */
  function<K extends keyof M & string>(name: K): M[K] {
    return this.#member(name, "function");
  }

  /** An object of the module. */
  object<K extends keyof M & string>(name: K): M[K] {
    return this.#member(name, "object");
  }

  #member<K extends keyof M & string>(name: K, kind: Kind): M[K] {
    const load = (): object => this.#load()[name] as object;
    const proxy: object = new Proxy(emptyOf(kind, name), {
      apply: (_, self, args) => Reflect.apply(load() as () => unknown, self, args),
      construct: (_, args, newTarget) => {
        const real = load() as new () => object;
        return Reflect.construct(real, args, newTarget === proxy ? real : newTarget);
      },
      get: (_, key) => Reflect.get(load(), key),
      getPrototypeOf: () => Reflect.getPrototypeOf(load()),
      set: (_, key, value) => Reflect.set(load(), key, value),
      has: (_, key) => Reflect.has(load(), key),
      ownKeys: () => Reflect.ownKeys(load()),
      getOwnPropertyDescriptor: (_, key) => {
        const found = Reflect.getOwnPropertyDescriptor(load(), key);
        // A Proxy can only show what its target has, or what could be added to it.
        return found && { ...found, configurable: true };
      },
      defineProperty: (_, key, descriptor) => Reflect.defineProperty(load(), key, descriptor),
      deleteProperty: (_, key) => Reflect.deleteProperty(load(), key),
    });
    return proxy as M[K];
  }
}

/**
 * A target of a Proxy that stands for a function, a class or an object. A bound function has no `prototype`, which a Proxy would have to
 * show as it is.
 */
export function emptyOf(kind: Kind, name: string): object {
  if (kind === "object") return {};
  return Object.defineProperty(Constructible.bind(null), "name", { value: name, configurable: true });
}

/** A function that can be called and constructed. */
function Constructible(): void {}
