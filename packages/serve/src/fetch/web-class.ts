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
  const tag = Object.getOwnPropertyDescriptor(platform.prototype, Symbol.toStringTag);
  if (tag !== undefined) Object.defineProperty(ours.prototype, Symbol.toStringTag, tag);
  followPlatform(ours.prototype, platform.prototype);
  followPlatform(ours, platform);
}

/**
 * Web IDL's members are enumerable, those of a class are not. Functions have the arguments that Web IDL demands as their length: those
 * with a question mark are parameters of ours, too.
 */
function followPlatform(ours: object, platform: object): void {
  for (const name of Object.getOwnPropertyNames(ours)) {
    const theirs = Object.getOwnPropertyDescriptor(platform, name);
    if (theirs?.enumerable !== true) continue;
    Object.defineProperty(ours, name, { enumerable: true });
    const member: unknown = Object.getOwnPropertyDescriptor(ours, name)?.value;
    if (typeof member !== "function" || typeof theirs.value !== "function") continue;
    Object.defineProperty(member, "length", { value: theirs.value.length, configurable: true });
  }
}

/** Calls a reader of the platform's class: it reads the body of an instance of its own, and rejects for any other value (Web IDL). */
export function readByPlatform<T>(platform: Class<object>, reader: string, value: unknown): Promise<T> {
  const { [reader]: read } = platform.prototype as Record<string, (this: unknown) => Promise<T>>;
  return read!.call(value);
}
