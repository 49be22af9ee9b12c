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
  /** Runs the handlers. Never throws; a promise that it gives rejects with what is for `handleError`. */
  handle(context: RequestContext): unknown;
  /** Makes the response to a handler's error. Never throws or rejects. */
  handleError(error: unknown, context: RequestContext): unknown;
  /** A connection is gone. */
  connectionClosed(): void;
}
