import type { WebSocketFacts } from "../rules/websocket/facts.ts";
import { websocketRules } from "../rules/websocket/index.ts";
import { probeWebSocket } from "./probe-websocket.ts";
import type { Suite } from "./suite.ts";

export const websocketSuite: Suite<WebSocketFacts> = { rules: websocketRules, probe: probeWebSocket };
