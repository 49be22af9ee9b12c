import { at, both, type Difference, either, NOTHING, within } from "./difference.ts";

/** Differences of WebSockets. */
export const ofWebSockets: readonly Difference[] = [
  {
    what: "a handshake without `Connection: Upgrade`, or in HTTP/1.0",
    row: {
      bun: "accepted",
      mantou: "`upgrade` returns false",
      why: "RFC 6455 §4.2.1: the server MUST refuse it",
    },
    covers: within(
      "websocket handshake",
      "refused: no Connection",
      "refused: Connection: keep-alive",
      "refused: HTTP/1.0",
    ),
  },
  {
    what: "426 for another version of WebSocket",
    row: {
      bun: "without Upgrade, and the connection is closed",
      mantou: "with it; a valid handshake may follow",
      why: "RFC 9110 §15.5.22: the response MUST have Upgrade",
    },
    covers: both(
      within("websocket handshake", "refused: no version", "refused: another version"),
      ({ path }) => path.startsWith("wire.0.headers.") || path === "wire.0.framing",
    ),
  },
  {
    what: "`websocket` beside the methods of a route",
    row: {
      bun: "an error",
      mantou: "the handlers of the WebSockets that are opened there",
      why: "an addition: handlers for two kinds of WebSocket need not tell them apart",
    },
    covers: within("websocket upgrade", "WebSocket handlers of a route"),
  },
  {
    what: "objects and functions as messages, and for `server.publish` null and undefined",
    row: {
      bun: "converted to text",
      mantou: "`TypeError`",
      why: "`[object Object]` and `undefined` are never the intended message",
    },
    covers: both(
      either(
        at("websocket messages", "send of what cannot be sent", "notes"),
        at("websocket pub/sub", "server.publish of what cannot be sent", "notes"),
      ),
      ({ ours, bun }) => ours.includes("TypeError") && !bun.includes("Error"),
    ),
  },
  {
    what: "errors of a socket's members for invalid values",
    row: { bun: "`Error`", mantou: "`TypeError`", why: "the type is wrong" },
    covers: both(
      either(
        within("websocket messages", ""),
        within("websocket members", ""),
        within("websocket pub/sub", ""),
      ),
      ({ path, ours, bun }) => path.startsWith("notes.") && ours === bun.replace("Error", "TypeError"),
    ),
  },
  {
    what: "`close` for `closeOnBackpressureLimit`",
    row: {
      bun: "runs after `send` has returned",
      mantou: "runs during `send`",
      why: "as for `ws.close()`, in both",
    },
    covers: at("websocket backpressure", "closeOnBackpressureLimit closes", "notes"),
  },
  {
    what: "`open` that throws",
    row: {
      bun: "the connection is aborted, `close` gets 1006",
      mantou: "closed with 1011",
      why: "RFC 6455 §7.4.1: this code stands for a server's error",
    },
    covers: within("websocket errors", "open throws", "error is called when open and close"),
  },
  {
    what: "a message that compression makes longer",
    row: {
      bun: "sent compressed",
      mantou: "sent as it is",
      why: "RFC 7692 §6.1 allows both for each message",
    },
    covers: both(
      within(
        "websocket compression",
        "send compresses on request",
        "publish to clients with and without compression",
      ),
      ({ path, ours }) => /\.(?:payload|rsv)$/.test(path) && (ours === "Hello" || ours === NOTHING),
    ),
  },
];
