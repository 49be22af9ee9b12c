import { Buffer } from "node:buffer";
import { type ErrorCode, ProtocolError } from "../../src/errors.ts";
import type { IncomingRequest, ServerEvent } from "../../src/events.ts";
import type { Fields } from "../../src/fields.ts";
import type { Limits } from "../../src/limits.ts";
import { ServerConnection } from "../../src/server-connection.ts";
import { Recorder } from "./recorder.ts";

/** One request as it came out of a connection; `complete` once its End has come. */
export interface ReceivedMessage {
  readonly head: Omit<IncomingRequest, "type" | "fields"> & { readonly fields: readonly string[] };
  readonly content: Buffer;
  readonly trailers: readonly string[];
  readonly complete: boolean;
}

export interface Transcript {
  readonly messages: readonly ReceivedMessage[];
  /** Why the rest was refused, if it was. */
  readonly code: ErrorCode | null;
  /** The Closed event came. */
  readonly closed: boolean;
}

export interface DriveOptions {
  readonly limits?: Partial<Limits>;
  /** Whether the client closes its side behind the bytes. */
  readonly end?: boolean;
}

/**
 * All pieces pass through this memory, as they would in a server that reads every socket into one block. It is
 * overwritten as soon as the contract allows, so that what was borrowed for too long turns into something else.
 */
const block = Buffer.alloc(64 * 1024);

/** Gives `bytes` to the connection in shared memory, and takes all events that they make possible. */
export function feed(
  connection: ServerConnection,
  bytes: Uint8Array,
  onEvent: (event: ServerEvent) => void,
): void {
  const memory = bytes.length <= block.length ? block : Buffer.alloc(bytes.length);
  const start = Math.min(bytes.length % 7, memory.length - bytes.length);
  memory.set(bytes, start);
  try {
    connection.receive(memory, start, start + bytes.length);
    drain(connection, onEvent);
  } finally {
    memory.fill("X", start, start + bytes.length);
  }
}

export function drain(connection: ServerConnection, onEvent: (event: ServerEvent) => void): void {
  for (let event = connection.next(); event !== null; event = connection.next()) onEvent(event);
}

/** A server that answers each request when it is complete, fed with the pieces one after another. */
export function drive(pieces: Iterable<Uint8Array>, options: DriveOptions = {}): Transcript {
  const connection = new ServerConnection(
    new Recorder(),
    options.limits === undefined ? {} : { limits: options.limits },
  );
  const open: { head: IncomingRequest; content: Buffer[]; trailers: Fields | null }[] = [];
  let closed = false;
  const onEvent = (event: ServerEvent): void => {
    switch (event.type) {
      case "request":
        open.push({ head: event, content: [], trailers: null });
        break;
      case "data":
        open.at(-1)!.content.push(Buffer.from(event.bytes));
        break;
      case "end":
        open.at(-1)!.trailers = event.trailers;
        connection.respond(answerTo(open.at(-1)!.head), "ok");
        break;
      case "closed":
        closed = true;
    }
  };
  let code: ErrorCode | null = null;
  try {
    for (const piece of pieces) feed(connection, piece, onEvent);
    if (options.end === true) {
      connection.receiveEnd();
      drain(connection, onEvent);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    code = error.code;
  }
  // Fields are taken apart only now, when the memory they were received in is long overwritten.
  const messages = open.map(({ head, content, trailers }) => {
    const { type: _, fields, ...rest } = head;
    return {
      head: { ...rest, fields: fields.list },
      content: Buffer.concat(content),
      trailers: trailers?.list ?? [],
      complete: trailers !== null,
    };
  });
  return { messages, code, closed };
}

/** CONNECT may not get 2xx from a server that opens no tunnel. */
export function answerTo(head: { readonly method: string }): { status: number } {
  return { status: head.method === "CONNECT" ? 405 : 200 };
}
