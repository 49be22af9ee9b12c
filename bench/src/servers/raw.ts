import { listenAdopting } from "./adopt.ts";
import { requestedApp } from "./announce.ts";
import { FixedResponse } from "./fixed-response.ts";

/** No HTTP at all on a handle: the limit for anything written in JavaScript on Node's sockets. */
requestedApp(["hello"]);
listenAdopting((write, close) => {
  const fixed = new FixedResponse();
  return (bytes) => {
    const reply = fixed.reply(bytes);
    if (reply === undefined) return;
    write(reply);
    if (fixed.closes) close();
  };
});
