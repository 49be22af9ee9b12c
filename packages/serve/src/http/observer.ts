/** What is told of one request. `trace/` implements it, of which this room knows nothing. */
export interface RequestObserver {
  /** Runs the work that leads to the response, such as the handler: once, before this returns. */
  run(task: () => void): void;
  /** The handler threw, the response could not be sent, or its stream threw. */
  failed(error: unknown): void;
  /**
   * The request is over.
   * @param status of the response; 0 if none has begun
   * @param bytes of its content
   * @param complete false if the connection ended before the response did
   */
  ended(status: number, bytes: number, complete: boolean): void;
  /** Runs later work of the request, such as the cancelling of its stream, in the async context of its handler. */
  within(task: () => void): void;
}

/** The response to a request that has no context: its head was not valid, or did not come in time. */
export interface Refusal {
  /** The request line as far as it is known; null if it is not. */
  readonly head: { readonly method: string; readonly target: string; readonly minor: 0 | 1 } | null;
  readonly status: number;
  readonly remoteAddress: string | undefined;
}

/** Runs the work that leads to the response to a request. */
export function runObserved(
  { observer }: { readonly observer: RequestObserver | null },
  task: () => void,
): void {
  if (observer === null) task();
  else observer.run(task);
}
