import { Buffer } from "node:buffer";
import { ClientConnection } from "../../src/client-connection.ts";
import { type ErrorCode, ProtocolError } from "../../src/errors.ts";
import type { ClientEvent, IncomingResponse, InterimResponse } from "../../src/events.ts";
import type { Fields } from "../../src/fields.ts";
import type { DriveOptions } from "./drive-options.ts";
import { drain, feed } from "./feed.ts";
import { Recorder } from "./recorder.ts";

type WithList<Head> = Omit<Head, "type" | "fields" | "request"> & { readonly fields: readonly string[] };

/** One response as it came out of a connection; `complete` once its End has come. */
export interface ReceivedResponse {
  readonly interim: readonly WithList<InterimResponse>[];
  /** null if only interim responses came. */
  readonly head: WithList<IncomingResponse> | null;
  readonly content: Buffer;
  readonly trailers: readonly string[];
  readonly complete: boolean;
}

export interface ClientTranscript {
  readonly responses: readonly ReceivedResponse[];
  /** The reason of a refusal, if there was one. */
  readonly code: ErrorCode | null;
  /** No response follows: the last one had `Connection: close`, or the connection ended. */
  readonly closed: boolean;
}

/** A valid request by that method, without an offer to upgrade. */
export function plainRequest(method: string): { method: string; target: string; fields: string[] } {
  return { method, target: method === "CONNECT" ? "a:1" : "/", fields: ["Host", "a"] };
}

interface Open {
  interim: InterimResponse[];
  head: IncomingResponse | null;
  content: Buffer[];
  trailers: Fields | null;
}

/** Collects the events of a connection, response by response. */
export class ResponseCollector {
  readonly #open: Open[] = [];
  closed = false;

  take(event: ClientEvent): void {
    let last = this.#open.at(-1);
    if (event.type === "closed") {
      this.closed = true;
      return;
    }
    if (last === undefined || last.trailers !== null) {
      last = { interim: [], head: null, content: [], trailers: null };
      this.#open.push(last);
    }
    if (event.type === "interim") last.interim.push(event);
    else if (event.type === "response") last.head = event;
    else if (event.type === "data") last.content.push(Buffer.from(event.bytes));
    else last.trailers = event.trailers;
  }

  /** The fields are split only now, when the memory that they came in is overwritten. */
  get responses(): ReceivedResponse[] {
    return this.#open.map(({ interim, head, content, trailers }) => ({
      interim: interim.map(plain),
      head: head === null ? null : plain(head),
      content: Buffer.concat(content),
      trailers: trailers?.list ?? [],
      complete: trailers !== null,
    }));
  }
}

function plain<Head extends IncomingResponse | InterimResponse>(head: Head): WithList<Head> {
  const { type: _, request: __, fields, ...rest } = head;
  return { ...rest, fields: fields.list } as WithList<Head>;
}

/** A client that sends a request by each of the methods. It gets the pieces one after another. */
export function driveClient(
  methods: readonly string[],
  pieces: Iterable<Uint8Array>,
  options: DriveOptions = {},
): ClientTranscript {
  const connection = new ClientConnection(
    new Recorder(),
    options.limits === undefined ? {} : { limits: options.limits },
  );
  const collector = new ResponseCollector();
  const waiting = [...methods];
  // The request behind a CONNECT is sent after the response to it, which decides whether HTTP goes on.
  const send = (): void => {
    while (waiting.length > 0 && connection.requestState === "idle") {
      connection.request(plainRequest(waiting.shift()!), null);
    }
  };
  let code: ErrorCode | null = null;
  try {
    send();
    for (const piece of pieces) {
      feed(connection, piece, (event) => {
        collector.take(event);
        send();
      });
    }
    if (options.end === true) {
      connection.receiveEnd();
      drain(connection, (event) => collector.take(event));
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    code = error.code;
  }
  return { responses: collector.responses, code, closed: connection.responseState === "closed" };
}
