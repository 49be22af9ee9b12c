/**
 * Why a message has no position, or a history cannot be read (`down`, `refused`, `closed`).
 *
 * | code | the engine |
 * |---|---|
 * | `down` | could not be reached within the seconds of the queue; it does not have the message |
 * | `full` | could not be reached, and more waited than the queue may hold; it does not have the message |
 * | `ambiguous` | got it, and has not answered: it may have the message or not |
 * | `size` | takes no frame that long |
 * | `refused` | has refused it, with the error that is the `cause` |
 * | `closed` | does not have it: the server was closed before |
 */
export type BackplaneErrorCode = "down" | "full" | "ambiguous" | "size" | "refused" | "closed";

const MESSAGES: Readonly<Record<BackplaneErrorCode, string>> = {
  down: "the backplane cannot be reached: the message was not published",
  full: "the backplane cannot be reached, and its queue is full: the message was not published",
  ambiguous: "the backplane has not answered: the message may have been published",
  size: "the message is longer than the backplane takes",
  refused: "the backplane has refused the message",
  closed: "the server was closed before the message was published",
};

const READ_MESSAGES: Readonly<Partial<Record<BackplaneErrorCode, string>>> = {
  down: "the backplane cannot be reached: the history was not read",
  refused: "the backplane has refused to read the history",
  closed: "the server was closed before the history was read",
};

export class BackplaneError extends Error {
  override readonly name: string = "BackplaneError";
  readonly code: BackplaneErrorCode;

  /** @param request what was asked for: to publish a message, or to read a history */
  constructor(code: BackplaneErrorCode, cause?: Error, request: "publish" | "read" = "publish") {
    const message = request === "read" ? READ_MESSAGES[code] : undefined;
    super(message ?? MESSAGES[code], cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
