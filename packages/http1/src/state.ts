/**
 * The states of a server's connection, one for each side, since both may speak at once (RFC 9112 §9).
 *
 * ```
 * client:  head ──RequestHead──▶ body ──End──▶ done ──both done, persistent──▶ head
 *          head ──end of input──▶ closed      done ──upgrade()──▶ upgraded
 *          any  ──ProtocolError, refuse()──▶ failed
 *
 * server:  idle ──RequestHead──▶ pending ──start()──▶ body ──end()──▶ done ──both done, persistent──▶ idle
 *          pending ──upgrade()──▶ upgraded    done ──not persistent──▶ closed
 *          idle, pending ──client failed, start()──▶ body          (the answer that says what was wrong)
 * ```
 *
 * - Nothing is read past `done` until the server is done too: the next request may depend on this answer, and
 *   what follows an upgrade is not HTTP.
 * - Content is read behind its answer too, even behind the last one: a handler may answer first and read then.
 * - Nothing is read after `failed`: bytes behind a refused message have no meaning that can be relied on.
 */
export type ClientState = "head" | "body" | "done" | "closed" | "upgraded" | "failed";

export type ServerState = "idle" | "pending" | "body" | "done" | "closed" | "upgraded";

/** Whom the connection waits for, so that its host knows which deadline applies. */
export type WaitingFor =
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
