/** Runs `job` for all items, some at once, and yields the results as they come. */
export async function* atOnce<T, R>(
  items: readonly T[],
  most: number,
  job: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const queue = [...items];
  const running = new Map<number, Promise<{ key: number; result: R }>>();
  let key = 0;
  while (queue.length > 0 || running.size > 0) {
    while (queue.length > 0 && running.size < most) {
      const own = key++;
      const promise = job(queue.shift()!).then((result) => ({ key: own, result }));
      // The reader may stop before it is due.
      promise.catch(() => {});
      running.set(own, promise);
    }
    const done = await Promise.race(running.values());
    running.delete(done.key);
    yield done.result;
  }
}
