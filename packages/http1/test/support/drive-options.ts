import type { Limits } from "../../src/limits.ts";

export interface DriveOptions {
  readonly limits?: Partial<Limits>;
  /** Whether the peer closes its side behind the bytes. */
  readonly end?: boolean;
}
