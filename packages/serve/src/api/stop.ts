/** How a server stops that lets what is under way end. Not in Bun. */
export interface StopOptions {
  /**
   * Seconds, 0 to 86,400, after which every connection that is left is closed, as by `stop(true)`, and the promise resolves. Default: none, requests under way
   * have all the time that they need.
   */
  readonly timeout?: number | undefined;
  /**
   * Seconds, 0 to 86,400, in which the server goes on as before, but `server.ready` is false: a load balancer that asks for it sends no more clients when listening
   * ends. Default 0.
   */
  readonly grace?: number | undefined;
  /**
   * Seconds, 0 to 86,400, over which the WebSockets are closed evenly when listening has ended, so that their clients do not all come back in one moment. `grace` and
   * `spread` together are at most `timeout`. They are closed with 1012 ("service restart") and the reason `retry=s`: a client is to come back at a random moment of
   * the next s seconds (docs/topics-protocol.md, which clients of `@mantou/topics` follow). Default 0: all at once.
   */
  readonly spread?: number | undefined;
}
