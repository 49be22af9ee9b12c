import { websocketRules } from "../websocket/index.ts";
import { clientBrokenResponses } from "./broken-responses.ts";
import type { ClientRule } from "./judges.ts";
import { clientOpening } from "./opening.ts";
import { clientResponses } from "./responses.ts";
import { clientFrames, frameRules } from "./websocket.ts";

/** The rules for clients of HTTP and WebSocket. */
export const clientRules: readonly ClientRule[] = [
  ...clientResponses,
  ...clientBrokenResponses,
  ...clientOpening,
  ...clientFrames,
  ...frameRules(websocketRules),
];
