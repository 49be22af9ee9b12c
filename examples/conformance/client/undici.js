// `request` and `WebSocket` of undici: `npm install undici`, `mantou-conformance --client --stay -- node client/undici.js`
import { request, WebSocket } from "undici";
import { isWebSocket, lineOf, takeTrials, untilClosed } from "./trials.js";

await takeTrials(async (url, method) => {
  if (isWebSocket(url)) return untilClosed(WebSocket, url);
  const { statusCode, body } = await request(url, { method });
  return lineOf(statusCode, await body.arrayBuffer());
});
