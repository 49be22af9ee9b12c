import type { Rule } from "../rule.ts";
import { closePayloads } from "./close-payloads.ts";
import { closingRules } from "./closing.ts";
import { compression } from "./compression.ts";
import { compressionErrors } from "./compression-errors.ts";
import { control } from "./control.ts";
import type { WebSocketFacts } from "./facts.ts";
import { framing } from "./framing.ts";
import { limits } from "./limits.ts";
import { messageRules } from "./messages.ts";
import { negotiation } from "./negotiation.ts";
import { opening } from "./opening.ts";
import { openingResponse } from "./opening-response.ts";
import { serverFrames } from "./server-frames.ts";
import { utf8 } from "./utf8.ts";

/** The rules of WebSocket (RFC 6455, RFC 7692). Those that compare messages need a target that echoes them. */
export const websocketRules: readonly Rule<WebSocketFacts>[] = [
  ...opening,
  ...openingResponse,
  ...negotiation,
  ...framing,
  ...messageRules,
  ...utf8,
  ...control,
  ...closingRules,
  ...closePayloads,
  ...limits,
  ...serverFrames,
  ...compression,
  ...compressionErrors,
];
