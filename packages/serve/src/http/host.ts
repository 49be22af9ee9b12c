import type { Limits } from "@mantou/http1";
import type { Timeouts } from "../socket/timeouts.ts";
import type { RequestContext } from "./request-context.ts";

/** What stays the same as long as a server listens. */
export interface HttpSettings {
  readonly limits: Partial<Limits>;
  /** Seconds. */
  readonly idleTimeout: number;
  readonly secure: boolean;
  /** `host:port`, for requests that name no host. */
  readonly authority: string;
  /** Mistakes are looked for that are easily made. */
  readonly development: boolean;
}

/** What an HTTP connection needs of its server. */
export interface HttpHost {
  readonly settings: HttpSettings;
  readonly timeouts: Timeouts;
  /** Those that speak HTTP. */
  readonly connections: Set<object>;
  pendingRequests: number;
  readonly stopping: boolean;
  /** Runs the handlers and gives the request's host the response. Never throws. */
  handle(context: RequestContext): void;
  /** As `handle`: gives the request's host the response to an error of its handler. */
  handleError(error: unknown, context: RequestContext): void;
  /** A connection is gone. */
  connectionClosed(): void;
}
