import { listenAdopting } from "./adopt.ts";
import { requestedApp } from "./announce.ts";
import { FixedAnswer } from "./fixed-answer.ts";

/** No HTTP at all on an adopted handle: the limit for anything written in JavaScript on Node's sockets. */
requestedApp(["hello"]);
listenAdopting((socket) => {
  const fixed = new FixedAnswer();
  return (bytes) => {
    const reply = fixed.reply(bytes);
    if (reply !== undefined) socket.write(reply);
  };
});
