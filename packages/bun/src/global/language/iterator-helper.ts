import { isObject, type Source } from "./iterator-source.ts";

/** What all iterators of the language inherit from. */
export const iteratorPrototype: object = Object.getPrototypeOf(
  Object.getPrototypeOf([][Symbol.iterator]()),
) as object;

/** The state of a helper, which nothing else can reach. */
interface Running {
  readonly source: Source;
  readonly values: Generator<unknown>;
  isStarted: boolean;
}

const running = new WeakMap<object, Running>();

function runningOf(helper: unknown): Running {
  const found = isObject(helper) ? running.get(helper) : undefined;
  if (found === undefined) throw new TypeError("this is not an Iterator Helper");
  return found;
}

const helperPrototype = Object.create(iteratorPrototype, {
  next: method("next", function (this: unknown) {
    const state = runningOf(this);
    state.isStarted = true;
    return state.values.next();
  }),
  return: method("return", function (this: unknown) {
    const { source, values, isStarted } = runningOf(this);
    // A generator that has not started runs no `finally`.
    if (!isStarted) source.close();
    return values.return(undefined);
  }),
  [Symbol.toStringTag]: { value: "Iterator Helper", configurable: true },
}) as object;

function method(name: string, value: (this: unknown) => unknown): PropertyDescriptor {
  return { value: Object.defineProperty(value, "name", { value: name }), writable: true, configurable: true };
}

/** A lazy iterator over what a generator makes of a source, which is closed with it. */
export function helper(source: Source, values: () => Generator<unknown>): object {
  const made = Object.create(helperPrototype) as object;
  const closing = function* (): Generator<unknown> {
    try {
      yield* values();
    } catch (error) {
      source.fail(error);
    } finally {
      source.close();
    }
  };
  running.set(made, { source, values: closing(), isStarted: false });
  return made;
}
