/** What the probe has learnt of a server that reads the PROXY protocol. */
export interface ProxyFacts {
  /** The status of the plain request behind a header. */
  readonly status: number;
  /** Milliseconds from the start of a connection to the end of a response. */
  readonly latency: number;
}
