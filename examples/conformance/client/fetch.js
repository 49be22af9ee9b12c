// `fetch` and `WebSocket`, as Node.js, Bun and Deno have them: `mantou-conformance --client --stay -- node client/fetch.js`
import { isWebSocket, lineOf, takeTrials, untilClosed } from "./trials.js";

await takeTrials(async (url, method) => {
  if (isWebSocket(url)) return untilClosed(WebSocket, url);
  const response = await fetch(url, { method, redirect: "manual" });
  return lineOf(response.status, await response.arrayBuffer());
});
