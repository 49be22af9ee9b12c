import { logError } from "../errors/log.ts";
import type { RequestContext } from "./request-context.ts";

/**
 * Writes an error for which a request gets 500. If it is one of the response to another error, that one is written first: the `error` handler
 * has not handled it.
 */
export function reportFailure(error: unknown, context: RequestContext): void {
  const { failure } = context;
  if (failure !== null && !failure.isLogged) {
    failure.isLogged = true;
    if (!Object.is(failure.error, error)) reportError(failure.error, context);
  }
  reportError(error, context);
}

/** Writes an error to the log, with the request that it is of, and tells what observes that. Never throws. */
export function reportError(error: unknown, context: RequestContext | null): void {
  context?.observer?.failed(error);
  logError(error, context?.description);
}
