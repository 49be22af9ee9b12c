import { clearImmediate, setImmediate } from "node:timers";

/**
 * Turns of the event loop without a new connection after which the queue counts as empty. libuv accepts one connection in each turn, and the
 * first of these turns may have polled already.
 */
const QUIET_TURNS = 3;

/** Milliseconds. Clients that go on connecting keep the queue from ever being empty. */
const MOST_MS = 5000;

/**
 * Calls back when a listening socket has accepted what waits in its queue. The system resets the connections in the queue of a socket that is
 * closed, with the requests that their clients have sent.
 * @param accepted the number of connections so far
 * @returns a function that ends the waiting
 */
export function whenQueueIsEmpty(accepted: () => number, empty: () => void): () => void {
  const end = performance.now() + MOST_MS;
  let seen = accepted();
  let quiet = 0;
  const look = (): void => {
    const now = accepted();
    quiet = now === seen ? quiet + 1 : 0;
    seen = now;
    if (quiet < QUIET_TURNS && performance.now() < end) next = setImmediate(look);
    else empty();
  };
  let next = setImmediate(look);
  return () => clearImmediate(next);
}
