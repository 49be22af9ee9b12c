import type { inspect } from "node:util";

type Class<T> = { readonly prototype: T; readonly name: string };
type Inspect = typeof inspect;

const isOrdinaryInstance = Function.prototype[Symbol.hasInstance];

/**
 * Makes instances of our class instances of the platform's, and the platform's own, which `fetch` makes, instances of
 * ours. A subclass of ours has only its own.
 * @param show what `console.log` shows of an instance: the platform's way would look for what its own constructor makes
 */
export function joinPlatformClass<T extends object>(
  ours: Class<T>,
  platform: Class<object>,
  show: (instance: T) => object,
): void {
  Object.setPrototypeOf(ours.prototype, platform.prototype);
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
  // Web IDL's members are enumerable, and those of a class are not.
  for (const name of Object.getOwnPropertyNames(ours.prototype)) {
    const { enumerable } = Object.getOwnPropertyDescriptor(platform.prototype, name) ?? {};
    if (enumerable === true) Object.defineProperty(ours.prototype, name, { enumerable });
  }
}
