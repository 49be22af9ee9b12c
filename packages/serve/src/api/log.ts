/** One response, for the access log. Texts are the client's, with any character that HTTP can carry: `log: true` escapes them. */
export interface LogEntry {
  /** When the request's head had come; for a refusal, when it was refused. */
  readonly time: Date;
  /** As `requestIP` has it. Null for a Unix socket, for a client that a proxy hides, and for a connection that was closed before. */
  readonly remoteAddress: string | null;
  /** Null if it is not known: what came was not a request. */
  readonly method: string | null;
  /** The target, as the client sent it: path and query. Null if it is not known. */
  readonly url: string | null;
  readonly httpVersion: "1.0" | "1.1";
  /** The pattern of the route; null if no route has taken the request. */
  readonly route: string | null;
  /** Of the response; 499 if the connection ended before there was one, as in nginx. */
  readonly status: number;
  /** Bytes of the response's content. */
  readonly bytes: number;
  /** Milliseconds from the request's head to the end of the response. */
  readonly duration: number;
  readonly referer: string | null;
  readonly userAgent: string | null;
  /** The connection ended before the response was complete. */
  readonly aborted: boolean;
}

export type LogFormat = "common" | "combined" | "json";

/** What `log` may be. */
export type LogOption =
  | boolean
  | ((entry: LogEntry) => void)
  | {
      /** Default `common`. */
      format?: LogFormat;
      /** Gets each line, without its line break. Default: lines go to the standard output, together at the end of a turn. */
      write?: (line: string) => void;
    };

export interface LogOptions {
  /**
   * Logs each response: true by lines in the Common Log Format on the standard output, an object by lines in another format or to another place,
   * a function by calling it with each entry. It is called when the response has been handed to the connection; what it throws goes to the error log. Requests of
   * `server.fetch` are not logged. Default false. Not in Bun.
   */
  log?: LogOption;
}
