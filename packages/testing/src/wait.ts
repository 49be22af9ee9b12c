// These are the machine's, also where a test has replaced the timers by its own.
const { setTimeout } = globalThis;
const now = performance.now.bind(performance);

/** Milliseconds; less than a test's time, see vitest.shared.ts. */
const WAIT = 100_000;
/** Milliseconds between two looks at a condition: 1 at first. */
const LONGEST_PAUSE = 4;

/**
 * Resolves when `condition` holds; a condition that throws does not hold. A slow machine may take long: the limit only makes the test
 * say what it was waiting for before its own time is over. `vi.waitFor` makes an error with its stack at every look, which was a
 * tenth of the CPU time of serve's tests.
 */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = now() + WAIT;
  for (let pause = 1; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    let cause: unknown;
    try {
      if (await condition()) return;
    } catch (error) {
      cause = error;
    }
    if (now() > end) throw new Error(`waited in vain for: ${what}`, { cause });
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** A promise and its resolver, for handlers that must wait for the test. */
export interface Gate<T> {
  readonly promise: Promise<T>;
  readonly open: (value: T) => void;
}

export function gate<T = void>(): Gate<T> {
  let open: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

/** Waits for `turns` turns of the event loop, so that everything that is ready happens. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Counts how often something happens in each turn of the event loop. */
export function turnCounter(): { readonly count: () => void; readonly perTurn: () => readonly number[] } {
  const turns: number[] = [];
  let now = 0;
  return {
    count: () => {
      if (now++ === 0) {
        setImmediate(() => {
          turns.push(now);
          now = 0;
        });
      }
    },
    perTurn: () => [...turns, now],
  };
}
