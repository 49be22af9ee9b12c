import { expect, vi } from "vitest";

/**
 * Resolves when `condition` holds. A slow machine may take long: the limit only makes the test say what it was waiting for
 * before its own time is over.
 */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  await vi.waitFor(async () => expect(await condition(), what).toBe(true), { timeout: WAIT, interval: 2 });
}

/** Milliseconds; less than a test's time, see vitest.shared.ts. */
const WAIT = 100_000;

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
