import { expect, vi } from "vitest";

/** Resolves when `condition` holds; fails the test if it does not within five seconds, or as many milliseconds as given. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeout = 5_000,
): Promise<void> {
  await vi.waitFor(async () => expect(await condition(), what).toBe(true), { timeout, interval: 2 });
}

/** A promise and what settles it, for handlers that must wait for the test. */
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

/** Lets everything that is ready happen: `turns` turns of the event loop. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
