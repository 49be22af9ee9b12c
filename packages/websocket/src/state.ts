/**
 * The close handshake (RFC 6455 §7.1) as states.
 *
 * - `OPEN`: both sides may send anything.
 * - `CLOSING_LOCAL`: our Close frame is sent, or waits behind messages that are in the thread pool. We send nothing more
 *   (§5.5.1), but still hear messages until theirs comes.
 * - `CLOSING_REMOTE`: their Close frame has come and ours is due. The machine answers at once, unless messages that were sent before
 *   are in the thread pool; nothing that follows their Close frame is read (§1.4).
 * - `CLOSED`: both are sent, in whichever order or at once: the handshake is done. The server closes the transport first (§7.1.1).
 * - `FAILED`: one side broke the protocol, or `fail()` was called (§7.1.7). Nothing more is read or sent.
 *
 * `CLOSED` and `FAILED` are final.
 */
export type State = "OPEN" | "CLOSING_LOCAL" | "CLOSING_REMOTE" | "CLOSED" | "FAILED";

/** What moves the state. */
export type Transition = "close-sent" | "close-received" | "failure";

const NEXT: { readonly [S in State]: { readonly [T in Transition]: State } } = {
  OPEN: { "close-sent": "CLOSING_LOCAL", "close-received": "CLOSING_REMOTE", failure: "FAILED" },
  CLOSING_LOCAL: { "close-sent": "CLOSING_LOCAL", "close-received": "CLOSED", failure: "FAILED" },
  CLOSING_REMOTE: { "close-sent": "CLOSED", "close-received": "CLOSING_REMOTE", failure: "FAILED" },
  CLOSED: { "close-sent": "CLOSED", "close-received": "CLOSED", failure: "CLOSED" },
  FAILED: { "close-sent": "FAILED", "close-received": "FAILED", failure: "FAILED" },
};

/** The state after `transition`. */
export function nextState(state: State, transition: Transition): State {
  return NEXT[state][transition];
}

/** Whether frames are read: until the peer's Close frame or a failure. */
export function isReading(state: State): boolean {
  return state === "OPEN" || state === "CLOSING_LOCAL";
}

/** Whether nothing moves the state any more. */
export function isFinal(state: State): boolean {
  return state === "CLOSED" || state === "FAILED";
}
