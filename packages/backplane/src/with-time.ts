import { clearTimeout, setTimeout } from "node:timers";

/**
 * What a promise gives, if it does in time.
 * @throws Error with `text` when the time is over (rejects)
 */
export async function withTime<T>(promise: Promise<T>, milliseconds: number, text: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(text)), milliseconds).unref();
  });
  // It may be late and reject, too.
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
