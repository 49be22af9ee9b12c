import type { Limits } from "@mantou/http1";
import type { Timeouts } from "../socket/timeouts.ts";
import type { RequestContext } from "./request-context.ts";

/** The settings that stay the same as long as a server listens. */
export interface HttpSettings {
  readonly limits: Partial<Limits>;
  /** Seconds. */
  readonly idleTimeout: number;
  readonly secure: boolean;
  /** `host:port`, for requests without a usable Host field. */
  readonly authority: string;
  /** The log has advice for common mistakes. */
  readonly development: boolean;
}

/** The server, as an HTTP connection needs it. */
export interface HttpHost {
  readonly settings: HttpSettings;
  readonly timeouts: Timeouts;
  /** The connections that speak HTTP. */
  readonly connections: Set<object>;
  pendingRequests: number;
  readonly stopping: boolean;
  /** Runs the handlers and gives the request's host the response. Never throws. */
  handle(context: RequestContext): void;
  /** As `handle`: gives the request's host the response to an error of its handler. */
  handleError(error: unknown, context: RequestContext): void;
  /** Called when a connection is gone. */
  connectionClosed(): void;
}
