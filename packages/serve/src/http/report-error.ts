import { logError } from "../errors/log.ts";
import type { RequestContext } from "./request-context.ts";

/** Writes an error to the log, with the request that it is of, and tells what observes that. Never throws. */
export function reportError(error: unknown, context: RequestContext | null): void {
  context?.observer?.failed(error);
  logError(error, context?.description);
}
