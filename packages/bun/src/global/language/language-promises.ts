/** `Promise.withResolvers` (ES2024) and `Promise.try` (ES2025), for Node.js 20 and 22. */
export function additionsTo(_: object): Readonly<Record<string, unknown>> {
  return members;
}

type Constructor = new (
  executor: (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => void,
) => unknown;

// Methods: they are no constructors, and `this` is the class that the promise is of.
const members = {
  withResolvers(this: Constructor): object {
    let resolve: unknown;
    let reject: unknown;
    const promise = new this((first, second) => {
      resolve = first;
      reject = second;
    });
    return { promise, resolve, reject };
  },

  try(this: Constructor, callback: (...args: unknown[]) => unknown, ...args: unknown[]): unknown {
    return new this((resolve, reject) => {
      try {
        resolve(callback(...args));
      } catch (error) {
        reject(error);
      }
    });
  },
};
