/** The passing of time, for whoever must not depend on the real one. */
export interface Clock {
  /** Calls back once after `milliseconds`, unless the returned function is called before. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Real time. What is waited for has a socket, which keeps the process alive; the timer must not. */
export const systemClock: Clock = {
  after(milliseconds: number, callback: () => void): () => void {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
