// The client of `node:http`: `mantou-conformance --client --stay -- node client/node-http.js`
import { Agent, request } from "node:http";
import { isWebSocket, lineOf, takeTrials } from "./trials.js";

const agent = new Agent({ keepAlive: true });

await takeTrials((url, method) => {
  if (isWebSocket(url)) throw new Error("node:http has no WebSocket");
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent });
    // Errors may come behind the response, too.
    sent.on("error", reject);
    sent.on("upgrade", (_, socket) => {
      socket.destroy();
      reject(new Error("a 101 that was not asked for"));
    });
    sent.on("response", async (response) => {
      try {
        const content = [];
        for await (const chunk of response) content.push(chunk);
        resolve(lineOf(response.statusCode, Buffer.concat(content)));
      } catch (error) {
        reject(error);
      }
    });
    sent.end();
  });
});
