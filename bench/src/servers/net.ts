import { type AddressInfo, createServer } from "node:net";
import { announce, requestedApp } from "./announce.ts";
import { FixedResponse } from "./fixed-response.ts";

/** No HTTP at all on node:net's documented interface: what a server built on `'data'` events can reach at most. */
requestedApp(["hello"]);
const server = createServer({ noDelay: true }, (socket) => {
  const fixed = new FixedResponse();
  socket.on("data", (bytes) => {
    const reply = fixed.reply(bytes);
    if (reply !== undefined) socket.write(reply);
  });
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => announce((server.address() as AddressInfo).port));
