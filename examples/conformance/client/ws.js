// The client of ws: `npm install ws`, `mantou-conformance --client --stay -- node client/ws.js`
import WebSocket from "ws";
import { isWebSocket, takeTrials, untilClosed } from "./trials.js";

await takeTrials(async (url) => {
  if (!isWebSocket(url)) throw new Error("ws has no client of HTTP");
  return untilClosed(WebSocket, url);
});
