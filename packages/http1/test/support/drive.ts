import { Buffer } from "node:buffer";
import { type ErrorCode, ProtocolError } from "../../src/errors.ts";
import type { IncomingRequest, ServerEvent } from "../../src/events.ts";
import type { Fields } from "../../src/fields.ts";
import { ServerConnection } from "../../src/server-connection.ts";
import type { DriveOptions } from "./drive-options.ts";
import { drain, feed } from "./feed.ts";
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
  /** The reason of a refusal, if there was one. */
  readonly code: ErrorCode | null;
  /** The Closed event came. */
  readonly closed: boolean;
}

/** A server that responds to each request when it is complete. It gets the pieces one after another. */
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
        connection.respond(responseTo(open.at(-1)!.head), "ok");
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
  // The fields are split only now, when the memory that they came in is overwritten.
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

/** A server that opens no tunnel must not respond to CONNECT with 2xx. */
export function responseTo(head: { readonly method: string }): { status: number } {
  return { status: head.method === "CONNECT" ? 405 : 200 };
}
