/**
 * The closing handshake (RFC 6455 §7.1) as states. The table is event → state → next state, as those of `http1`. Every event can
 * meet every state: both sides may close at once, and the transport may end at any time.
 *
 * - `open`: both sides may send anything.
 * - `closing-local`: our Close frame has been sent, or waits behind messages that are in the thread pool. We send nothing more
 *   (§5.5.1), but read messages until the peer's Close frame comes.
 * - `closing-remote`: the peer's Close frame has come, and ours is due. The machine sends it at once, unless messages that were
 *   sent before are in the thread pool. It reads nothing behind the peer's Close frame (§1.4).
 * - `closed`: both Close frames have been sent, in any order or at once. The server closes the transport first (§7.1.1).
 * - `failed`: one side broke the protocol, or `fail()` was called (§7.1.7). Nothing more is read or sent.
 *
 * `closed` and `failed` are final.
 */
export type State = "open" | "closing-local" | "closing-remote" | "closed" | "failed";

/** The events that move the state. */
export type Transition = "close-sent" | "close-received" | "failure";

const NEXT: { readonly [T in Transition]: { readonly [S in State]: State } } = {
  "close-sent": {
    open: "closing-local",
    "closing-local": "closing-local",
    "closing-remote": "closed",
    closed: "closed",
    failed: "failed",
  },
  "close-received": {
    open: "closing-remote",
    "closing-local": "closed",
    "closing-remote": "closing-remote",
    closed: "closed",
    failed: "failed",
  },
  failure: {
    open: "failed",
    "closing-local": "failed",
    "closing-remote": "failed",
    closed: "closed",
    failed: "failed",
  },
};

/** The state after `transition`. */
export function nextState(transition: Transition, state: State): State {
  return NEXT[transition][state];
}

/** Whether frames are read: until the peer's Close frame or a failure. */
export function isReading(state: State): boolean {
  return state === "open" || state === "closing-local";
}

/** Whether the state cannot change any more. */
export function isFinal(state: State): boolean {
  return state === "closed" || state === "failed";
}
