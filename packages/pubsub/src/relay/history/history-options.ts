import type { Engine } from "../engine.ts";
import type { Counters } from "../metrics.ts";
import type { RelayEvent } from "../relay-options.ts";
import type { EngineHistory } from "./history-engine.ts";
import type { HistoryHost } from "./history-host.ts";

/** What the history of a relay has of its relay. */
export interface HistoryOptions {
  readonly engine: Engine;
  readonly history: EngineHistory;
  readonly host: HistoryHost;
  /** Latin-1. */
  readonly instance: string;
  readonly queue: { readonly bytes: number; readonly seconds: number };
  readonly counters: Counters;
  now(): number;
  schedule(): void;
  tell(event: RelayEvent): void;
}
