import { Buffer } from "node:buffer";
import { ClientConnection } from "../../src/client-connection.ts";
import { type ErrorCode, ProtocolError } from "../../src/errors.ts";
import type { ClientEvent, IncomingResponse, InterimResponse } from "../../src/events.ts";
import type { Fields } from "../../src/fields.ts";
import type { Limits } from "../../src/limits.ts";
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
  /** Why the rest was refused, if it was. */
  readonly code: ErrorCode | null;
  /** Nothing more can come: the response said so, or the connection ended. */
  readonly closed: boolean;
}

export interface ClientDriveOptions {
  readonly limits?: Partial<Limits>;
  /** Whether the server closes its side behind the bytes. */
  readonly end?: boolean;
}

/** Overwritten as soon as the contract allows, as in drive.ts. */
const block = Buffer.alloc(64 * 1024);

export function feedClient(
  connection: ClientConnection,
  bytes: Uint8Array,
  onEvent: (event: ClientEvent) => void,
): void {
  const memory = bytes.length <= block.length ? block : Buffer.alloc(bytes.length);
  const start = Math.min(bytes.length % 7, memory.length - bytes.length);
  memory.set(bytes, start);
  try {
    connection.receive(memory, start, start + bytes.length);
    drainClient(connection, onEvent);
  } finally {
    memory.fill("X", start, start + bytes.length);
  }
}

export function drainClient(connection: ClientConnection, onEvent: (event: ClientEvent) => void): void {
  for (let event = connection.next(); event !== null; event = connection.next()) onEvent(event);
}

/** A request by that method that HTTP allows; none of them offers an upgrade. */
export function plainRequest(method: string): { method: string; target: string; fields: string[] } {
  return { method, target: method === "CONNECT" ? "a:1" : "/", fields: ["Host", "a"] };
}

interface Open {
  interim: InterimResponse[];
  head: IncomingResponse | null;
  content: Buffer[];
  trailers: Fields | null;
}

/** Collects what comes out of a connection, response by response. */
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

  /** Fields are taken apart only now, when the memory they were received in is long overwritten. */
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

/** A client that has sent a request by each of the methods, fed with the pieces one after another. */
export function driveClient(
  methods: readonly string[],
  pieces: Iterable<Uint8Array>,
  options: ClientDriveOptions = {},
): ClientTranscript {
  const connection = new ClientConnection(
    new Recorder(),
    options.limits === undefined ? {} : { limits: options.limits },
  );
  const collector = new ResponseCollector();
  const waiting = [...methods];
  // What a CONNECT leads to is open until it is answered: whatever comes behind it is sent then.
  const send = (): void => {
    while (waiting.length > 0 && connection.requestState === "idle") {
      connection.request(plainRequest(waiting.shift()!), null);
    }
  };
  let code: ErrorCode | null = null;
  try {
    send();
    for (const piece of pieces) {
      feedClient(connection, piece, (event) => {
        collector.take(event);
        send();
      });
    }
    if (options.end === true) {
      connection.receiveEnd();
      drainClient(connection, (event) => collector.take(event));
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    code = error.code;
  }
  return { responses: collector.responses, code, closed: connection.responseState === "closed" };
}
