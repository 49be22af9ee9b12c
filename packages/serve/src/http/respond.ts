import { adviceForBody } from "../errors/platform-advice.ts";
import { headFor, type Outgoing, release, type WholeResponse } from "./outgoing.ts";
import { closedError, type RequestContext } from "./request-context.ts";
import { sendFile } from "./send-file.ts";
import { isOver, sendStream } from "./send-stream.ts";
import type { TimedConnection } from "./timed-connection.ts";

/**
 * Sends a response.
 * @returns true if it is complete; else a promise of whether it has become so, or the connection has ended
 * @throws the error for which it cannot be sent, at once or later (rejects); `http.responseState` tells whether it has begun
 */
export function respond(
  connection: TimedConnection,
  context: RequestContext,
  outgoing: Outgoing,
  isDevelopment: boolean,
): true | Promise<boolean> {
  const { encoder } = connection.settings;
  if (encoder === null) return send(connection, context, outgoing, isDevelopment);
  const encoded = encoder.encode(context, outgoing);
  if (!(encoded instanceof Promise)) return send(connection, context, encoded, isDevelopment);
  return encoded.then((ready) => {
    if (ready !== null && !isOver(connection, context))
      return send(connection, context, ready, isDevelopment);
    if (ready !== null) release(ready, closedError());
    return false;
  });
}

function send(
  connection: TimedConnection,
  context: RequestContext,
  outgoing: Outgoing,
  isDevelopment: boolean,
): true | Promise<boolean> {
  switch (outgoing.kind) {
    case "whole":
      sendWhole(connection, context, outgoing);
      return true;
    case "stream":
      return sendStream(connection, context, outgoing, isDevelopment && outgoing.isForeign ? adviseOn : null);
    case "file":
      return sendFile(connection, context, outgoing) ?? true;
  }
}

function sendWhole({ http }: TimedConnection, context: RequestContext, whole: WholeResponse): void {
  // A request body that is too long to wait for makes this the last response, and its head has to say so.
  if (context.body?.tooLongToDiscard === true) http.doNotPersist();
  const unsent = whole.conditional?.unsent(context.head) ?? null;
  if (unsent !== null) http.respond(context.finishHead(unsent), "");
  else http.respond(context.finishHead(headFor(context.head.method, whole, whole.body)), whole.body);
}

/** Looks for mistakes in a body of a class that is not ours. */
export function adviseOn(body: Uint8Array): void {
  const advice = adviceForBody(body);
  if (advice !== null) console.warn(advice);
}
