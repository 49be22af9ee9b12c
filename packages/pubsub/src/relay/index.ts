export type { Engine, EngineEvents, EngineFeatures } from "./engine.ts";
export type { ReceivedFrames, ReceivedMessage } from "./frame.ts";
export { BackplaneError, type BackplaneErrorCode } from "./history/backplane-error.ts";
export type { History } from "./history/history.ts";
export type {
  EngineHistory,
  HistoryEvents,
  HistoryRule,
  Place,
  Slice,
  StoredFrame,
} from "./history/history-engine.ts";
export type { HistoryHost, HistoryMetrics } from "./history/history-host.ts";
export type { HistorySlice } from "./history/history-slice.ts";
export type { HistoryMessage, Published } from "./history/history-turn.ts";
export { MemoryHistory, type MemoryHistoryOptions } from "./history/memory-history.ts";
export type { PlacedFrames } from "./history/placed-frames.ts";
export { formatPosition, type Position, parsePosition } from "./history/position.ts";
export type { HistoryRead } from "./history/reads.ts";
export { MemoryBus, type MemoryBusOptions } from "./memory-bus.ts";
export type { Presence } from "./presence/presence.ts";
export type {
  PresenceHost,
  PresenceMember,
  PresenceMembers,
  PresenceMetrics,
} from "./presence/presence-host.ts";
export { Relay } from "./relay.ts";
export type {
  DropReason,
  RelayEvent,
  RelayHost,
  RelayMetrics,
  RelayOptions,
  TopicCount,
} from "./relay-options.ts";
