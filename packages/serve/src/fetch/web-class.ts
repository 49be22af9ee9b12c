import type { inspect } from "node:util";

type Class<T> = { readonly prototype: T; readonly name: string; readonly length: number };
type Inspect = typeof inspect;

const isOrdinaryInstance = Function.prototype[Symbol.hasInstance];

/**
 * Makes `instanceof` hold in both directions: for instances of our class and the platform's class, and for the platform's instances,
 * which `fetch` makes, and our class. A subclass of ours has its own instances only.
 * @param show the properties that `console.log` shows: the platform's method reads state that only its own constructor makes
 */
export function joinPlatformClass<T extends object>(
  ours: Class<T>,
  platform: Class<object>,
  show: (instance: T) => object,
): void {
  Object.setPrototypeOf(ours.prototype, platform.prototype);
  // The arguments that Web IDL demands: those with a question mark are parameters of ours, too.
  Object.defineProperty(ours, "length", { value: platform.length, configurable: true });
  Object.defineProperty(ours, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      return isOrdinaryInstance.call(this === ours ? platform : (this as Class<T>), value);
    },
  });
  Object.defineProperty(ours.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: T, _depth: number, options: Parameters<Inspect>[1], inspect: Inspect): string {
      return `${this.constructor.name} ${inspect(show(this), options)}`;
    },
  });
  // Web IDL's members are enumerable; those of a class are not.
  for (const name of Object.getOwnPropertyNames(ours.prototype)) {
    const { enumerable } = Object.getOwnPropertyDescriptor(platform.prototype, name) ?? {};
    if (enumerable === true) Object.defineProperty(ours.prototype, name, { enumerable });
  }
}
