/** What the server says on a connection, beside what the package `postgres` tells of it: https://www.postgresql.org/docs/current/protocol-message-formats.html */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";

/** Types of messages: their first byte. */
const COMMAND_COMPLETE = 0x43;
const ERROR_RESPONSE = 0x45;
const BACKEND_KEY_DATA = 0x4b;
const ROW_DESCRIPTION = 0x54;
const READY_FOR_QUERY = 0x5a;
/** The status in a ReadyForQuery, outside of a transaction. */
const IDLE = "I";
/** ReadyForQuery, outside of a transaction. */
const READY = Buffer.from([READY_FOR_QUERY, 0, 0, 0, 5, IDLE.charCodeAt(0)]);

/** A statement of a query, once it is done. */
export interface DoneStatement {
  /** Such as `INSERT 0 1`. */
  readonly tag: string;
  readonly hasRows: boolean;
}

/** A tag is shorter: https://www.postgresql.org/docs/current/protocol-message-formats.html, CommandComplete. */
const MAX_BODY = 1024;
/** The type and the length of a message. */
const HEAD = 5;

/**
 * Calls a function for each message, with the body of a CommandComplete or a ReadyForQuery, until it returns true. The bytes of others are
 * passed over: a row may have any size.
 */
function readMessages(socket: Socket, onMessage: (type: number, body: string) => boolean): () => void {
  /** The start of a message, until there is as much as is needed. */
  let kept = Buffer.alloc(0);
  /** Bytes of a message that are still to come. */
  let left = 0;
  const stop = (): void => void socket.off("data", read);
  const read = (chunk: Buffer): void => {
    const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    let at = Math.min(left, bytes.length);
    left -= at;
    while (bytes.length - at >= HEAD) {
      const type = bytes[at]!;
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      const hasBody = (type === COMMAND_COMPLETE || type === READY_FOR_QUERY) && end - at <= MAX_BODY;
      if (hasBody && bytes.length < end) break;
      if (onMessage(type, hasBody ? bytes.toString("latin1", at + HEAD, end) : "")) {
        stop();
        return;
      }
      at = Math.min(end, bytes.length);
      left = end - at;
    }
    kept = Buffer.from(bytes.subarray(at));
  };
  socket.on("data", read);
  return stop;
}

/** Tells, behind each query, whether the session is inside a transaction, also a failed one. */
export function onReady(socket: Socket, listener: (inTransaction: boolean) => void): void {
  readMessages(socket, (type, status) => {
    if (type === READY_FOR_QUERY) listener(status !== IDLE);
    return false;
  });
}

/** Tells that the login has succeeded, by the message behind it. */
export function onLogin(socket: Socket, listener: () => void): void {
  readMessages(socket, (type) => {
    if (type !== BACKEND_KEY_DATA) return false;
    listener();
    return true;
  });
}

/**
 * Lists the statements of a query with several, until the function that is returned is called: the package tells only of those that return
 * rows.
 */
export function listStatements(socket: Socket): () => readonly DoneStatement[] {
  const done: DoneStatement[] = [];
  let hasRows = false;
  const stop = readMessages(socket, (type, body) => {
    if (type === ROW_DESCRIPTION) hasRows = true;
    else if (type === COMMAND_COMPLETE) {
      // A tag ends with a NUL.
      done.push({ tag: body.slice(0, -1), hasRows });
      hasRows = false;
    }
    return false;
  });
  return () => {
    stop();
    return done;
  };
}

/**
 * A server that ends a connection says why, and no ReadyForQuery behind it. The package waits for that message, and would give the error to
 * the first query of its next connection.
 * @param onEnd is called before the error is given to a query
 */
export function settleFatalErrors(socket: Socket, onEnd: () => void): void {
  let last: Buffer | null = null;
  socket.on("data", (chunk: Buffer) => {
    last = chunk;
  });
  socket.once("end", () => {
    onEnd();
    if (last !== null && endsWithError(last)) socket.emit("data", READY);
  });
}

function endsWithError(chunk: Buffer): boolean {
  for (let at = chunk.lastIndexOf(ERROR_RESPONSE); at >= 0; at = chunk.lastIndexOf(ERROR_RESPONSE, at - 1)) {
    // The first field is the severity, `S`.
    if (
      at + 6 <= chunk.length &&
      chunk.readUInt32BE(at + 1) + 1 === chunk.length - at &&
      chunk[at + 5] === 0x53
    )
      return true;
    if (at === 0) break;
  }
  return false;
}
