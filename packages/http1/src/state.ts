/**
 * The states of both roles.
 *
 * A connection has two sides, and both may send at once (RFC 9112 §9): requests go one way, responses the other. So each
 * role has two states, one for the messages that it reads and one for those that it writes. An event moves one side or
 * both, and the tables below have all moves. Each table is event → state → next state. An event that cannot meet a state has
 * no entry for it: the connections refuse a wrong call of the application (`UsageError`) and wrong bytes of the peer
 * (`ProtocolError`) before they move a state. A missing entry is a defect of this package. The compiler finds it where the code
 * names the state, `SERVER_REQUEST.end.body`; elsewhere `nextState` throws. (The common path names the state: to look it up by
 * its name takes 10 to 25 ns, and a whole short request takes 250.)
 *
 * A server's connection. Its request side:
 *
 * ```
 * head ──request──▶ body ──end──▶ done ──next──▶ head
 *  └────close────▶ closed         └──upgrade──▶ upgraded
 * any ──failure──▶ failed
 * ```
 *
 * and its response side:
 *
 * ```
 * idle ──request──▶ pending ──start──▶ body ──end──▶ done ──next──▶ idle
 *                      ├──────────────end──────────────▲             (a whole response)
 *                      └──upgrade──▶ upgraded    body ──last-end──▶ closed
 * ```
 *
 * - `next` comes when both sides are `done`. Nothing is read past the request side's `done` before: the next request may
 *   depend on this response, and another protocol follows an upgrade.
 * - `last-end` is the end of a response behind which the connection does not persist (RFC 9112 §9.3, §9.6).
 * - Content is read also after its response, even after the last one: a handler may respond first and read then.
 * - Nothing is read after `failed`: bytes behind a refused message have no reliable meaning. One last response may still
 *   report the error, also to a request without a head: for it `idle` can `start` and end.
 *
 * A client's connection. Requests may be sent ahead: they wait in a queue, and responses are matched to them in order
 * (RFC 9112 §9.3.2). Its request side:
 *
 * ```
 * idle ──start──▶ body ──end──▶ idle                                 (a whole request is an `end` at `idle`)
 *                  ├──last-end, abandon──▶ closed
 *                  └──decisive-end──▶ waiting ──declined──▶ idle, or ──last-declined──▶ closed
 *                                        └──upgrade──▶ upgraded
 * any but body, upgraded ──close──▶ closed
 * ```
 *
 * and its response side:
 *
 * ```
 * idle ──request──▶ head ──response──▶ body ──end──▶ idle, ──end-of-one──▶ head, or ──last-end──▶ closed
 *  └──close──▶ closed  └──upgrade──▶ upgraded
 * any ──failure──▶ failed
 * ```
 *
 * - `decisive-end` is the end of a request whose response decides whether what follows is HTTP: one that offers an upgrade, or
 *   CONNECT. No request can follow it until it is `declined`.
 * - Bytes that come while no request is unanswered are no response (RFC 9112 §9.2), even if a request is sent before they are
 *   read.
 * - A response may come before its request has ended. Both must end before the connection is free. A client that
 *   must not send another request may send the one that has begun to its end: `close` leaves `body`.
 * - `end-of-one` is the end of a response while other requests are unanswered.
 * - Nothing is read after `closed` and `failed`. The bytes after `upgraded` belong to the other protocol.
 */

export type ServerRequestState = "head" | "body" | "done" | "closed" | "upgraded" | "failed";
export type ServerResponseState = "idle" | "pending" | "body" | "done" | "closed" | "upgraded";
export type ClientRequestState = "idle" | "body" | "waiting" | "closed" | "upgraded";
export type ClientResponseState = "idle" | "head" | "body" | "closed" | "upgraded" | "failed";

/** The state after each state that one event can meet. */
export type Transition<State extends string> = { readonly [From in State]?: State };

export const SERVER_REQUEST = {
  request: { head: "body" },
  end: { body: "done" },
  next: { done: "head" },
  close: { head: "closed" },
  // At `body` the request has no unread content, and only its end has not been taken.
  upgrade: { body: "upgraded", done: "upgraded" },
  // The host can refuse a request in any state.
  failure: { head: "failed", body: "failed", done: "failed", closed: "failed", failed: "failed" },
} as const;

export const SERVER_RESPONSE = {
  request: { idle: "pending" },
  start: { idle: "body", pending: "body" },
  end: { pending: "done", body: "done" },
  "last-end": { idle: "closed", pending: "closed", body: "closed" },
  next: { done: "idle" },
  upgrade: { pending: "upgraded" },
  // A response that is due can still be sent, and one that has begun goes on.
  failure: { idle: "idle", pending: "pending", body: "body", done: "closed", closed: "closed" },
} as const;

export const CLIENT_REQUEST = {
  start: { idle: "body" },
  end: { idle: "idle", body: "idle" },
  "last-end": { idle: "closed", body: "closed" },
  "decisive-end": { idle: "waiting", body: "waiting" },
  abandon: { body: "closed" },
  declined: { waiting: "idle" },
  "last-declined": { waiting: "closed" },
  close: { idle: "closed", body: "body", waiting: "closed", closed: "closed" },
  // A tunnel may open before the CONNECT request has ended, and behind one that was abandoned.
  upgrade: { body: "upgraded", waiting: "upgraded", closed: "upgraded" },
} as const;

export const CLIENT_RESPONSE = {
  request: { idle: "head" },
  response: { head: "body" },
  end: { body: "idle" },
  "end-of-one": { body: "head" },
  "last-end": { body: "closed" },
  close: { idle: "closed" },
  upgrade: { head: "upgraded" },
  failure: { idle: "failed", head: "failed", body: "failed" },
} as const;

/** The next state, for an event that can meet more than one state. */
export function nextState<State extends string>(transition: Transition<State>, state: State): State {
  const next: State | undefined = transition[state];
  if (next === undefined) throw new Error(`The event cannot meet the state ${state}`);
  return next;
}

/** A server's connection waits for this; its host chooses the deadline by it. */
export type ServerWaitingFor =
  /** the client: the rest of a head of which some bytes are here */
  | "rest-of-head"
  /** the client: a request, if it has another one */
  | "request"
  /** the client: more content */
  | "content"
  /** the server: its response, the rest of it, or the 100 Continue without which the client sends no content */
  | "response"
  /** neither: nothing more is due, but a refused request may still get a response */
  | "nothing";

/** A client's connection waits for this. */
export type ClientWaitingFor =
  /** the application: a request, if it has another one */
  | "request"
  /** the application: more of the request's content */
  | "request-content"
  /** the server: 100 Continue; a client must not wait for it without a bound (RFC 9110 §10.1.1) */
  | "continue"
  /** the server: its response */
  | "response"
  /** the server: the rest of a head of which some bytes are here */
  | "rest-of-head"
  /** the server: more content */
  | "content"
  /** neither: the connection must be closed, or belongs to another protocol */
  | "nothing";
