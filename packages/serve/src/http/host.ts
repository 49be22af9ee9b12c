import type { Limits } from "@mantou/http1";
import type { TrustedProxies } from "../proxy/trusted-proxies.ts";
import type { IndexedList, Listed } from "../socket/indexed-list.ts";
import type { Timeouts } from "../socket/timeouts.ts";
import type { ArrivalLimits } from "./arrival.ts";
import type { Refusal } from "./observer.ts";
import type { Outgoing } from "./outgoing.ts";
import type { RequestContext } from "./request-context.ts";

/** What compresses the responses of a server. */
export interface ResponseEncoder {
  /**
   * Takes a response over, and gives the one that is sent in its place.
   * @returns null (resolves) if the client has gone meanwhile
   * @throws the error of the response's stream (rejects), which is cancelled then
   */
  encode(context: RequestContext, outgoing: Outgoing): Outgoing | Promise<Outgoing | null>;
}

/** The settings that stay the same as long as a server listens. */
export interface HttpSettings {
  readonly limits: Partial<Limits>;
  /** Seconds. */
  readonly idleTimeout: number;
  readonly secure: boolean;
  /** `host:port`, for requests without a usable Host field. */
  readonly authority: string;
  /** Null if no proxy is trusted. */
  readonly trustedProxies: TrustedProxies | null;
  /** Null if a request may arrive however slowly. */
  readonly arrival: ArrivalLimits | null;
  /** Requests of one connection; 0 for no limit. */
  readonly maxRequests: number;
  /** The log has advice for common mistakes. */
  readonly development: boolean;
  /** Null if responses are not compressed. */
  readonly encoder: ResponseEncoder | null;
  /** Called with what is refused before it is a request; null if nothing has to know. */
  readonly refused: ((refusal: Refusal) => void) | null;
}

/** The server, as an HTTP connection needs it. */
export interface HttpHost {
  readonly settings: HttpSettings;
  readonly timeouts: Timeouts;
  /** The connections that speak HTTP. */
  readonly connections: Pick<IndexedList<"place", Listed<"place">>, "add" | "delete">;
  pendingRequests: number;
  readonly stopping: boolean;
  /** Runs a task in the async context of `serve()`, which is that of packets: outside of all requests. */
  outside(task: () => void): void;
  /** Runs the handlers and gives the request's host the response. Never throws. */
  handle(context: RequestContext): void;
  /** As `handle`: gives the request's host the response to an error of its handler. */
  handleError(error: unknown, context: RequestContext): void;
  /** Called when a connection is gone. */
  connectionClosed(): void;
}
