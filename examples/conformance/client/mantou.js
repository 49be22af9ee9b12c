// The WebSocket of Mantou: `mantou-conformance --client --stay -- node client/mantou.js`
import { WebSocket } from "@mantou/websocket/client";
import { isWebSocket, takeTrials, untilClosed } from "./trials.js";

await takeTrials(async (url) => {
  if (!isWebSocket(url)) throw new Error("Mantou has no client of HTTP: fetch is the runtime's");
  return untilClosed(WebSocket, url);
});
