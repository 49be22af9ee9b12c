import type { Origin } from "../../target/origin.ts";

/** What is known of a proxy, and the origin behind it. */
export interface ViaFacts {
  readonly latency: number;
  readonly origin: Origin;
}
