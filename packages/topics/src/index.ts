export { TopicSocket } from "./topic-socket.ts";
export type {
  Member,
  Payload,
  PositionStorage,
  Timers,
  TopicEvents,
  TopicSocketOptions,
} from "./types.ts";
