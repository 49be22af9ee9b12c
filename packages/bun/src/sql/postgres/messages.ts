/** What the server says on a connection, beside what the package `postgres` tells of it: https://www.postgresql.org/docs/current/protocol-message-formats.html */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";

/** Types of messages: their first byte. */
const COMMAND_COMPLETE = 0x43;
const ERROR_RESPONSE = 0x45;
const BACKEND_KEY_DATA = 0x4b;
const ROW_DESCRIPTION = 0x54;
/** ReadyForQuery, outside of a transaction. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** A statement of a query, once it is done. */
export interface DoneStatement {
  /** Such as `INSERT 0 1`. */
  readonly tag: string;
  readonly hasRows: boolean;
}

/** A tag is shorter: https://www.postgresql.org/docs/current/protocol-message-formats.html, CommandComplete. */
const MAX_TAG = 1024;

/**
 * Calls a function for each message, with the tag of a CommandComplete, until it returns true. The bytes of others are passed over: a row may
 * have any size.
 */
function readMessages(socket: Socket, onMessage: (type: number, tag: string) => boolean): () => void {
  /** The start of a message, until there is as much as is needed. */
  let kept = Buffer.alloc(0);
  /** Bytes of a message that are still to come. */
  let left = 0;
  const stop = (): void => void socket.off("data", read);
  const read = (chunk: Buffer): void => {
    let bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    kept = Buffer.alloc(0);
    for (;;) {
      const passed = Math.min(left, bytes.length);
      left -= passed;
      bytes = bytes.subarray(passed);
      if (bytes.length < 5) break;
      const type = bytes[0]!;
      const end = bytes.readUInt32BE(1) + 1;
      const hasTag = type === COMMAND_COMPLETE && end <= MAX_TAG;
      if (hasTag && bytes.length < end) break;
      if (onMessage(type, hasTag ? bytes.toString("latin1", 5, end - 1) : "")) {
        stop();
        return;
      }
      left = end;
    }
    kept = Buffer.from(bytes);
  };
  socket.on("data", read);
  return stop;
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
  const stop = readMessages(socket, (type, tag) => {
    if (type === ROW_DESCRIPTION) hasRows = true;
    else if (type === COMMAND_COMPLETE) {
      done.push({ tag, hasRows });
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
