/**
 * The states of a server's connection, one for each side, since both may speak at once (RFC 9112 §9).
 *
 * ```
 * client:  head ──IncomingRequest──▶ body ──End──▶ done ──both done, persistent──▶ head
 *          head ──end of input──▶ closed      done ──upgrade()──▶ upgraded
 *          any  ──ProtocolError, refuse()──▶ failed
 *
 * server:  idle ──IncomingRequest──▶ pending ──start()──▶ body ──end()──▶ done ──both done, persistent──▶ idle
 *          pending ──upgrade()──▶ upgraded    done ──not persistent──▶ closed
 *          idle, pending ──client failed, start()──▶ body          (the answer that says what was wrong)
 * ```
 *
 * - Nothing is read past `done` until the server is done too: the next request may depend on this answer, and
 *   what follows an upgrade is not HTTP.
 * - Content is read behind its answer too, even behind the last one: a handler may answer first and read then.
 * - Nothing is read after `failed`: bytes behind a refused message have no meaning that can be relied on.
 */
export type ServerRequestState = "head" | "body" | "done" | "closed" | "upgraded" | "failed";

export type ServerResponseState = "idle" | "pending" | "body" | "done" | "closed" | "upgraded";

/** Whom the connection waits for, so that its host knows which deadline applies. */
export type ServerWaitingFor =
  /** the client: the rest of a head of which some bytes are here */
  | "rest-of-head"
  /** the client: a request, if it has another one */
  | "request"
  /** the client: more content */
  | "content"
  /** the server: its answer, the rest of it, or the 100 Continue without which the client sends no content */
  | "response"
  /** nobody: nothing more is due here, though a request that was refused may still be told so */
  | "nothing";

/**
 * The states of a client's connection, one for each side. Requests may be sent ahead: they wait in a queue, and
 * responses are matched to them in order (RFC 9112 §9.3.2).
 *
 * ```
 * requests:   idle ──start()──▶ body ──end()──▶ idle            (request() does both)
 *             body ──end() of CONNECT or of an offered upgrade──▶ waiting ──other answer──▶ idle
 *             idle, waiting ──not persistent, failed──▶ closed  body ──abandon()──▶ closed
 *             waiting ──101, 2xx to CONNECT──▶ upgraded
 *
 * responses:  idle ──request──▶ head ──IncomingResponse──▶ body ──End──▶ head, or idle if none is unanswered
 *             head ──101, 2xx to CONNECT──▶ upgraded
 *             idle ──end of input──▶ closed                     body ──End, not persistent──▶ closed
 *             any  ──ProtocolError──▶ failed
 * ```
 *
 * - What comes while no request is unanswered is no response (RFC 9112 §9.2), even if a request is sent before it is
 *   looked at.
 * - An answer may come before its request has ended. Both have to end before the connection is free.
 * - Nothing is read after `closed` and `failed`; what comes after `upgraded` is the other protocol's.
 */
export type ClientRequestState = "idle" | "body" | "waiting" | "closed" | "upgraded";

export type ClientResponseState = "idle" | "head" | "body" | "closed" | "upgraded" | "failed";

/** Whom a client's connection waits for. */
export type ClientWaitingFor =
  /** the application: a request, if it has another one */
  | "request"
  /** the application: more of the request's content */
  | "request-content"
  /** the server: 100 Continue; a client must not wait for it for ever (RFC 9110 §10.1.1) */
  | "continue"
  /** the server: its answer */
  | "response"
  /** the server: the rest of a head of which some bytes are here */
  | "rest-of-head"
  /** the server: more content */
  | "content"
  /** nobody: the connection is to be closed, or is another protocol's */
  | "nothing";
