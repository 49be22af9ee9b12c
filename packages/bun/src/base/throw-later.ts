const { queueMicrotask } = globalThis;

/**
 * A function of the program for a library that reads a connection: an error of the function is one that nothing has caught, and the library goes on.
 */
export function throwingLater<Args extends unknown[]>(
  fn: (...args: Args) => unknown,
): (...args: Args) => void {
  return (...args) => {
    try {
      fn(...args);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
}
