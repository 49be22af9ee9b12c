// axios: `npm install axios`, `mantou-conformance --client --stay -- node client/axios.js`
import axios from "axios";
import { isWebSocket, lineOf, takeTrials } from "./trials.js";

await takeTrials(async (url, method) => {
  if (isWebSocket(url)) throw new Error("axios has no WebSocket");
  const options = { url, method, responseType: "arraybuffer", maxRedirects: 0, validateStatus: () => true };
  const { status, data } = await axios.request(options);
  return lineOf(status, data);
});
